namespace Fonte.AspNetCore;

/// <summary>What a valid access token allows.</summary>
/// <param name="Issuer">Who issued it.</param>
/// <param name="Subject">Whom it is for, unique to the issuer; empty if it does not say.</param>
/// <param name="Expires">When it ends; <see cref="DateTimeOffset.MaxValue"/> for never.</param>
/// <param name="Details">What it grants.</param>
internal sealed record AccessToken(string Issuer, string Subject, DateTimeOffset Expires, IReadOnlyList<AuthorizationDetail> Details)
{
    /// <summary>Its identifier, unique to the issuer (<c>jti</c>); empty if it has none.</summary>
    internal string TokenId { get; init; } = "";

    /// <summary>When it was issued, if it says.</summary>
    internal DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Who holds it, as far as is known: its subject, or where it names none the token itself.</summary>
    internal string Holder => Subject.Length > 0 ? Subject : Digest;

    /// <summary>Stands for the token, where it names no subject; no subject can be it.</summary>
    internal string Digest { get; init; } = "";

    /// <summary>The issuers of which it may be: more than one only where one of Mercure 0.x names none that is known.</summary>
    internal IReadOnlyList<string> Issuers { get => field ?? [Issuer]; init; }

    /// <summary>Whether it is a token of Mercure 0.x.</summary>
    internal bool Is0x { get; init; }

    /// <summary>What a token of Mercure 0.x has for all subscriptions: JSON, or <see langword="null"/>.</summary>
    internal string? Payload { get; init; }

    /// <summary>Whether it may publish to all of these topics (Mercure draft -08, "Publishers").</summary>
    internal bool MayPublish(IReadOnlyList<string> topics)
    {
        foreach (var topic in topics)
        {
            if (!Details.Any(detail => detail.Publish && detail.Topics.Any(matcher => matcher.Matches(topic)))) return false;
        }
        return true;
    }

    /// <summary>Whether it may end streams or revoke: only if it grants that topic by its name. Who may publish everything may publish, and not more.</summary>
    internal bool MayControl(string topic) => Details.Any(detail => detail.Publish && detail.Topics.Any(matcher => matcher.Type == MatcherType.Exact && matcher.Pattern == topic));

    /// <summary>Whether it may look into the hub: only if it grants that topic by its name. Who may receive everything may receive, and not more.</summary>
    internal bool MaySee(string topic) => Details.Any(detail => detail.Subscribe && detail.Topics.Any(matcher => matcher.Type == MatcherType.Exact && matcher.Pattern == topic));

    /// <summary>The topics of which it may receive private events (Mercure draft -08, "Subscribers").</summary>
    internal IReadOnlyList<TopicMatcher> Readable { get; } = [.. Details.Where(detail => detail.Subscribe).SelectMany(detail => detail.Topics).Distinct()];
}

/// <summary>An entry of the claim <c>authorization_details</c> (RFC 9396; Mercure draft -08, "Authorization Details").</summary>
/// <param name="Publish">Whether it grants publishing.</param>
/// <param name="Subscribe">Whether it grants receiving.</param>
/// <param name="Topics">What of.</param>
/// <param name="Payload">A JSON object for the subscriptions that it matches, or <see langword="null"/>.</param>
internal sealed record AuthorizationDetail(bool Publish, bool Subscribe, IReadOnlyList<TopicMatcher> Topics, string? Payload);
