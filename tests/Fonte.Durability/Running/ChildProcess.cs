using System.Diagnostics;

namespace Fonte.Durability;

/// <summary>A process that the checker started; ended with it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
    private readonly Process _process;
    private volatile bool _outputEnded;

    public ChildProcess(IReadOnlyList<string> command, Action<string> onLine, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            Take(line.Data, onLine);
            _outputEnded = line.Data is null;
        };
        _process.ErrorDataReceived += (_, line) => Take(line.Data, onLine);
        try
        {
            _process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new CheckerException($"{command[0]} cannot be started: {exception.Message}.");
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>How this executable starts itself again.</summary>
    public static IReadOnlyList<string> OwnCommand =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
            ? [Environment.ProcessPath!, typeof(ChildProcess).Assembly.Location]
            : [Environment.ProcessPath!];

    public int Id => _process.Id;

    /// <summary>Whether it has ended and everything that it said has been heard.</summary>
    public bool HasEnded => _process.HasExited && _outputEnded;

    public async Task TellAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended; whoever waits for its answer notices.
        }
    }

    /// <summary>Kills the process as <c>kill -9</c> does and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        using var limit = new CancellationTokenSource(EndTimeout);
        await _process.WaitForExitAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
                await KillAsync();
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
        {
            // Gone meanwhile, or beyond what a signal can end.
        }

        _process.Dispose();
    }

    private static void Take(string? line, Action<string> onLine)
    {
        if (line is not null)
            onLine(line);
    }
}
