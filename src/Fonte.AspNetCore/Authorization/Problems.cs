using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>Why a request is not authorized (Mercure draft -08, "Error Responses"; RFC 6750, section 3.1).</summary>
internal static class Problems
{
    /// <summary>One sentence for whatever is wrong with a token, so that nobody learns how to make a better one.</summary>
    internal static readonly Problem InvalidToken = new(StatusCodes.Status401Unauthorized, "token-invalid", "The access token is not valid for this hub; present another.") { Error = "invalid_token" };

    internal static readonly Problem MalformedToken = new(StatusCodes.Status400BadRequest, "token-malformed", "Present one access token, in the Authorization header after Bearer and a space; correct it.") { Error = "invalid_request" };

    internal static readonly Problem MayNotPublish = new(StatusCodes.Status403Forbidden, "not-granted", "The access token does not grant publishing to every topic of the event; ask for a wider one.") { Error = "insufficient_scope" };

    internal static readonly Problem MayNotControl = new(StatusCodes.Status403Forbidden, "not-granted", "The access token does not grant publishing to this address, by its name; ask for one that does.") { Error = "insufficient_scope" };

    internal static readonly Problem MayNotSee = new(StatusCodes.Status403Forbidden, "not-granted", "The access token does not grant subscribing to this address as a topic; ask for a wider one.") { Error = "insufficient_scope" };

    internal static readonly Problem TooManyStreams = new(StatusCodes.Status429TooManyRequests, "too-many-streams", "Too many event streams are open from this address or for this subject; close one.") { RetryAfterSeconds = 30 };

    internal static readonly Problem NotReady = new(StatusCodes.Status503ServiceUnavailable, "not-ready", "The hub cannot serve events now; try again later.") { RetryAfterSeconds = 1 };

    internal static readonly Problem NoSubscription = new(StatusCodes.Status404NotFound, "no-subscription", "There is no such subscription now.");

    internal static readonly Problem ForeignOrigin = new(StatusCodes.Status403Forbidden, "origin-not-allowed", "With a cookie only pages of listed origins may publish; present the token in the Authorization header.");

    internal static readonly Problem ForeignSocket = new(StatusCodes.Status403Forbidden, "origin-not-allowed", "Pages of this origin may not open a WebSocket here; list it among the cookie origins.");

    internal static readonly Problem NoSocket = new(StatusCodes.Status426UpgradeRequired, "not-a-websocket", "This address is for WebSockets; ask for an upgrade.");

    internal static Problem MissingToken(string action) =>
        new(StatusCodes.Status401Unauthorized, "token-missing", $"To {action}, present an access token in the Authorization header.");
}
