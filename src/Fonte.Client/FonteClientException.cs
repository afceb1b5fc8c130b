using System.Net;

namespace Fonte.Client;

/// <summary>The hub refused, answered something that is not the protocol, or could not be reached for a publication.</summary>
/// <remarks>
/// The message is one sentence for a person. Where the hub sent problem details (RFC 9457) it contains their <c>detail</c>,
/// or else their <c>title</c>, with control characters replaced (CWE-117) and cut to 1,000 characters.
/// </remarks>
public sealed class FonteClientException : Exception
{
    /// <summary>Creates the exception with a message only.</summary>
    /// <param name="message">The sentence.</param>
    public FonteClientException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="innerException">The cause.</param>
    public FonteClientException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Gets the status code of the hub's response; null when there was no response.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Gets the <c>type</c> of the problem details (RFC 9457, section 3.1.1); null when there is none.</summary>
    /// <remarks>Stable where the message is not: compare this.</remarks>
    public string? ProblemType { get; init; }

    /// <summary>Gets how long the hub asks to wait, never negative; null when it asks nothing.</summary>
    /// <remarks><c>Retry-After</c>, RFC 9110, section 10.2.3.</remarks>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets whether nothing was sent to the hub: no connection to it came about.</summary>
    /// <value>False by default: the request may have arrived.</value>
    /// <remarks>
    /// When it is true the event was not published, and publishing it again cannot publish it twice. It is what the
    /// <see cref="HttpClient"/> tells of its last attempt: a handler that itself retries after a lost response takes this certainty away.
    /// </remarks>
    public bool NothingWasSent { get; init; }
}
