using System.Diagnostics;
using System.Text;

namespace Fonte.PeerBench;

/// <summary>A process that ends with its owner, and whose output is kept.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private ChildProcess(Process process) => Process = process;

    public Process Process { get; }

    public string Error { get { lock (_error) return _error.ToString(); } }

    /// <summary>Starts a program on these processors, or on all.</summary>
    public static ChildProcess Start(string? cores, string program, IEnumerable<string> arguments, string? folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        // taskset(1) becomes the program, so the process ID is the program's.
        var start = cores is null
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("taskset", ["-c", cores, program, .. arguments]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.WorkingDirectory) = (true, true, folder ?? "");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var child = new ChildProcess(new Process { StartInfo = start });
        child.Process.OutputDataReceived += (_, line) => Keep(child._output, line.Data);
        child.Process.ErrorDataReceived += (_, line) => Keep(child._error, line.Data);
        child.Process.Start();
        child.Process.BeginOutputReadLine();
        child.Process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += child.OnExit;
        return child;
    }

    public async Task<(string Output, string Error, int Code)> EndAsync(CancellationToken cancellationToken)
    {
        await Process.WaitForExitAsync(cancellationToken);
        lock (_output) return (_output.ToString(), Error, Process.ExitCode);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.WaitForExit();
        Process.Dispose();
    }

    private void OnExit(object? sender, EventArgs arguments) => Process.Kill(entireProcessTree: true);

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }
}
