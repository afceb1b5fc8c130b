namespace Fonte.Client;

/// <summary>Reads a short response body without trusting its length.</summary>
internal static class BoundedBody
{
    public const int MaximumLength = 64 * 1024;

    /// <exception cref="IOException">The body broke, stalled, or is longer than <see cref="MaximumLength"/>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, FonteClientOptions options, CancellationToken cancellationToken)
    {
        var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var body = new IdleTimeoutStream(content, options, cancellationToken);
        var buffer = new byte[MaximumLength + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (length > MaximumLength)
            throw new IOException($"The body is longer than {MaximumLength} bytes.");
        return buffer.AsMemory(0, length);
    }
}
