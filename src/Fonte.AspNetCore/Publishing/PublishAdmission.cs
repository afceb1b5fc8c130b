using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>Decides who may publish what, in whichever way.</summary>
internal sealed class PublishAdmission(HubAuthorization authorization, IOptions<FonteHttpOptions> options)
{
    /// <summary>Why nothing may be published, or <see langword="null"/>.</summary>
    internal Problem? Refusal(Authorized authorized) => authorized.Problem ?? (authorized.Token is null && !options.Value.AnonymousPublish ? Problems.MissingToken("publish") : null);

    /// <summary>Why these events may not be. What nobody may publish is told first (draft, "Publication"), and no topic is compared that is longer than topics may be. The body may have taken longer than the token was valid.</summary>
    internal Problem? Refusal(AccessToken token, IReadOnlyList<EventDraft> events, bool isBatch) =>
        FaultOf(events, isBatch)
        ?? (authorization.HasEnded(token) ? Problems.InvalidToken : null)
        ?? (events.All(draft => token.MayPublish(draft.Topics)) ? null : Problems.MayNotPublish);

    private Problem? FaultOf(IReadOnlyList<EventDraft> events, bool isBatch)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (EventRules.Check(events[i], options.Value.Limits, options.Value.Reserved) is not { } fault) continue;
            return isBatch ? PublishProblems.Of(fault).At(i) : PublishProblems.Of(fault);
        }
        return null;
    }
}
