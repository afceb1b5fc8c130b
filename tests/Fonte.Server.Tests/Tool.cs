using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Fonte.Server.Tests;

/// <summary>A process of the tool, or of another of our programs, as a user starts it.</summary>
internal sealed partial class Tool : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Tool(Process process)
    {
        _process = process;
        _reading = ReadAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    private string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    internal int Id => _process.Id;

    internal static Tool Start(params string[] arguments) => StartProgram("Fonte.Server", arguments);

    /// <summary>Starts the native executable that <c>./run build-aot</c> makes.</summary>
    internal static Tool StartNative(params string[] arguments) => StartNative(arguments, null);

    /// <summary>The same, with settings of the environment.</summary>
    internal static Tool StartNative(string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var file = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "aot", "fonte"));
        Assert.True(File.Exists(file), $"There is no {file}: run ./run build-aot first.");
        return StartProcess(file, arguments, environment);
    }

    internal static Tool StartProgram(string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null, bool keepInput = false) =>
        StartProcess("dotnet", [PathOf(program), .. arguments], environment, folder, keepInput);

    /// <summary>Starts a program whose project has another name, and which runs until its input is closed.</summary>
    internal static Tool StartAssembly(string project, string assembly, string[] arguments, IReadOnlyDictionary<string, string> environment) =>
        StartProcess("dotnet", [Path.Combine(Path.GetDirectoryName(PathOf(project))!, assembly + ".dll"), .. arguments], environment, keepInput: true);

    /// <summary>Runs a program of Node.js that lies beside the tests' sources, with the packages that <c>./test</c> installed.</summary>
    internal static Tool StartNode(string script, params string[] arguments) => StartProcess("node", [Path.Combine(SourceRoot(), "tests", "Fonte.Server.Tests", script), .. arguments]);

    /// <summary>Starts a program of the system.</summary>
    internal static Tool StartFile(string file, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null) =>
        StartProcess(file, arguments, environment, folder);

    /// <summary>Runs one of the samples in Python.</summary>
    internal static Tool StartPython(string script, string[] arguments, bool keepInput = false) =>
        StartProcess("/usr/bin/python3", [Path.Combine(SourceRoot(), "samples", "python", script), .. arguments], keepInput: keepInput);

    /// <summary>Runs a shell script whose arguments, <c>"$@"</c>, are the tool's command line.</summary>
    internal static Tool StartShell(string script, params string[] arguments) =>
        StartProcess("sh", ["-c", script, "sh", "dotnet", PathOf("Fonte.Server"), .. arguments]);

    private static Tool StartProcess(string file, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null, bool keepInput = false)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        if (folder is not null) start.WorkingDirectory = folder;
        var process = Process.Start(start)!;
        if (!keepInput) process.StandardInput.Close();
        return new(process);
    }

    internal static string PathOf(string program) =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", program, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), program + ".dll"));

    // By looking upwards, because a deterministic build knows no path of its sources.
    internal static string SourceRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Fonte.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }

    /// <summary>Runs to the end; within a minute.</summary>
    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, IReadOnlyDictionary<string, string>? environment = null, byte[]? input = null, string? folder = null)
    {
        await using var tool = StartProgram("Fonte.Server", arguments, environment, folder, keepInput: input is not null);
        if (input is not null)
        {
            await tool._process.StandardInput.BaseStream.WriteAsync(input);
            tool._process.StandardInput.Close();
        }
        return await tool.EndAsync();
    }

    /// <summary>Waits, up to a minute, for a line of the standard output that contains the text.</summary>
    internal async Task<string> LineAsync(string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        for (var seen = 0; ;)
        {
            Task more;
            // Before the output, so that no line can come between.
            var ended = _reading.IsCompleted;
            lock (_output)
            {
                for (; seen < _output.Count; seen++)
                {
                    if (_output[seen].Contains(text, StringComparison.Ordinal)) return _output[seen];
                }
                more = _more.Task;
            }
            if (ended) Assert.Fail($"The process ended without '{text}': {Output} {await _errors}");
            try
            {
                await Task.WhenAny(more, _reading).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"The process did not say '{text}': {Output}");
            }
        }
    }

    /// <summary>Writes the whole of the input, and closes it.</summary>
    internal async Task WriteAsync(string input)
    {
        await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
    }

    internal void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    internal async Task<(int ExitCode, string Output, string Errors)> EndAsync(TimeSpan? timeout = null)
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(timeout ?? TimeSpan.FromMinutes(5));
        await _reading;
        return (_process.ExitCode, Output, (await _errors).TrimEnd());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            TaskCompletionSource more;
            lock (_output)
            {
                _output.Add(line);
                (more, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            more.SetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
