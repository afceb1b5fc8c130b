using System.Diagnostics;
using System.Globalization;

namespace Fonte.Durability;

/// <summary>The library between the server and its disk: compiled here, told by files what to do.</summary>
internal sealed class FaultShim
{
    private readonly string _folder;
    private readonly string _library;
    private readonly string _data;
    private int _starts;

    /// <param name="data">The folder that is watched.</param>
    /// <param name="folder">A folder for the shim's files, on the same file system.</param>
    /// <exception cref="CheckerException">There is no C compiler, or it fails.</exception>
    public FaultShim(string data, string folder)
    {
        (_data, _folder, _library) = (data, folder, Path.Combine(folder, "faults.so"));
        Directory.CreateDirectory(SavedFolder);
        Compile();
        ChangeBoot();
    }

    private string SavedFolder => Path.Combine(_folder, "saved");

    private string FailFile => Path.Combine(_folder, "fail");

    private string BootFile => Path.Combine(_folder, "boot");

    private IEnumerable<string> Journals => Directory.EnumerateFiles(_folder, "journal-*").Order(StringComparer.Ordinal);

    /// <summary>What the server's next start needs in its environment.</summary>
    public Dictionary<string, string> NextEnvironment() => new()
    {
        ["LD_PRELOAD"] = _library,
        ["FONTE_FAULTS_FOLDER"] = _data,
        ["FONTE_FAULTS_FAIL"] = FailFile,
        ["FONTE_FAULTS_JOURNAL"] = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"journal-{++_starts:D6}")),
        ["FONTE_FAULTS_SAVED"] = SavedFolder,
        ["FONTE_FAULTS_BOOT"] = BootFile,
    };

    /// <summary>Lets every fsync fail until <see cref="MendSync"/>.</summary>
    public void FailSync() => File.WriteAllText(FailFile, "");

    public void MendSync() => File.Delete(FailFile);

    /// <summary>Cuts the power; the server is dead already.</summary>
    /// <returns>How many pages and names were not synced.</returns>
    public int CutPower(Random random)
    {
        MendSync();
        var unsynced = PowerCut.Apply(Journals.Select(path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path)), random);
        foreach (var path in Journals.Concat(Directory.EnumerateFiles(SavedFolder)).ToList())
            File.Delete(path);
        ChangeBoot();
        return unsynced;
    }

    private void ChangeBoot() => File.WriteAllText(BootFile, Guid.NewGuid().ToString());

    private void Compile()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "shim", "faults.c");
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O2", "-pthread", "-o", _library, source])
            {
                RedirectStandardError = true,
            })!;
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0)
                throw new CheckerException($"cc cannot compile {source}: {errors.ReplaceLineEndings(" ")}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CheckerException("Without the command cc no fsync can fail and no power be cut; install gcc and libc6-dev, or leave out the faults sync and power.");
        }
    }
}
