using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Fonte.Browser.Tests.Demo;

/// <summary>The real demo in a process of its own.</summary>
internal sealed partial class DemoProcess : IAsyncDisposable
{
    public const string AnyPort = "http://127.0.0.1:0";
    private const int Sigterm = 15;
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _invitation = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DemoProcess(IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Repository.DemoAssembly, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // A mebibyte of text is up to three times that as a form.
                Environment = { ["FONTE__MAXBODYBYTES"] = "8388608" },
            },
        };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>Where it says that a browser finds it; completes soon after the start.</summary>
    public Task<string> Invitation => _invitation.Task.WaitAsync(StartsWithin);

    /// <summary>What its descriptors lead to. On Linux.</summary>
    public IEnumerable<string?> Descriptors => new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFileSystemInfos().Select(entry => entry.LinkTarget);

    /// <summary>Starts the demo and returns when it says that it listens.</summary>
    public static async Task<DemoProcess> StartAsync(params string[] arguments)
    {
        var demo = new DemoProcess(arguments);
        var exit = demo._process.WaitForExitAsync();
        try
        {
            if (await Task.WhenAny(demo._listening.Task, exit).WaitAsync(StartsWithin) == exit)
                throw new InvalidOperationException($"The demo ended with {demo._process.ExitCode}: {demo._errors}");
            demo.Address = await demo._listening.Task;
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a demo that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Errors)> RunToEndAsync(params string[] arguments)
    {
        await using var demo = new DemoProcess(arguments);
        await demo._process.WaitForExitAsync().WaitAsync(StartsWithin);
        return (demo._process.ExitCode, demo._errors.ToString().Trim());
    }

    /// <summary>Kills it with the services that it has started, which would end a moment later and write until then.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan within)
    {
        Assert.Equal(0, Kill(_process.Id, Sigterm));
        await _process.WaitForExitAsync().WaitAsync(within);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        var at = line?.IndexOf(Listening, StringComparison.Ordinal) ?? -1;
        if (at >= 0) _listening.TrySetResult(new Uri(line![(at + Listening.Length)..].Trim()));
        if (line is not null && InvitationLine().Match(line) is { Success: true } match) _invitation.TrySetResult(match.Groups[1].Value);
    }

    [GeneratedRegex(@"Open (\S+) in a browser")]
    private static partial Regex InvitationLine();

    // Process has no way to send it, and the kill command is a package that small systems lack.
    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
