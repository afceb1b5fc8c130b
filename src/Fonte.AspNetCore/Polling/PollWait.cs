using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>How long a poll waits for something new.</summary>
internal static class PollWait
{
    // Proxies give up at 60 s: an answer must come before.
    private const int MostSeconds = 55;

    private static readonly Problem Invalid = new(StatusCodes.Status400BadRequest, "wait-invalid", $"The parameter wait must be whole seconds from 0 to {MostSeconds}, given once; correct it or leave it out.");

    /// <summary>Reads the parameter <c>wait</c>: absent is 0, which is plain polling.</summary>
    internal static (TimeSpan Wait, Problem? Problem) Read(QueryString queryString)
    {
        TimeSpan? wait = null;
        var pairs = StreamBeginning.Pairs(queryString);
        while (pairs.Read())
        {
            if (!pairs.Name.SequenceEqual("wait"u8)) continue;
            // The framework's parser lets NUL characters follow the digits.
            if (wait is not null || pairs.Value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !int.TryParse(pairs.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > MostSeconds) return (default, Invalid);
            wait = TimeSpan.FromSeconds(seconds);
        }
        return (wait ?? TimeSpan.Zero, null);
    }
}
