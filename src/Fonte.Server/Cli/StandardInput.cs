using System.Text;

namespace Fonte.Server;

/// <summary>The standard input as text: whole, bounded, and never changed on the way.</summary>
internal static class StandardInput
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        // A read that has begun cannot be cancelled; at Ctrl-C it is left behind.
        var bytes = await Task.Run(ReadAsync, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new CommandException("The standard input is not UTF-8; an event holds text only.", FonteCommand.CannotStart);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync()
    {
        var input = Console.OpenStandardInput();
        await using var _ = input.ConfigureAwait(false);
        using var content = new MemoryStream();
        var block = new byte[64 * 1024];
        while (await input.ReadAsync(block).ConfigureAwait(false) is var read and > 0)
        {
            content.Write(block, 0, read);
            if (content.Length > MaxBytes) throw new CommandException($"The standard input is longer than {MaxBytes} bytes, too long for an event.", FonteCommand.CannotStart);
        }
        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }
}
