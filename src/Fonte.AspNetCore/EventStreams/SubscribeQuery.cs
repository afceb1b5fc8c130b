using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>What an event stream's URL asks for (Mercure draft -08, "Subscription").</summary>
/// <param name="Matchers">What its parameters <c>match</c> select.</param>
/// <param name="Selectors">What its parameters <c>topic</c> select, as in Mercure 0.x.</param>
/// <param name="Beginning">Where it asks to begin.</param>
/// <param name="TellGaps">False with <c>gap=0</c>: then no <c>fonte-gap</c> is sent in band.</param>
/// <param name="Envelope">True with <c>envelope=1</c>: then each event's data comes in an object with its topics.</param>
internal sealed record SubscribeQuery(IReadOnlyList<TopicMatcher> Matchers, IReadOnlyList<TopicMatcher> Selectors, StreamBeginning Beginning, bool TellGaps, bool Envelope)
{
    /// <summary>All that it selects: at least one.</summary>
    internal IReadOnlyList<TopicMatcher> All => Selectors.Count == 0 ? Matchers : [.. Matchers, .. Selectors];

    /// <summary>Reads the query; returns what it asks for, or what to change.</summary>
    /// <param name="queryString">The query component.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="patterns">Makes the matchers of URL Patterns.</param>
    /// <param name="body">What a request of the method QUERY has in its body: as if it stood in the query component too, and behind, so that a cursor there comes second.</param>
    internal static (SubscribeQuery? Query, Problem? Problem) Read(QueryString queryString, FonteHttpOptions options, TopicPatterns patterns, ReadOnlySpan<byte> body = default)
    {
        var matchers = new List<TopicMatcher>();
        List<TopicMatcher>? selectors = null;
        var beginning = default(StreamBeginning);
        var tellGaps = true;
        var envelope = false;
        var pairs = StreamBeginning.Pairs(queryString);
        var more = new FormReader(body);
        while (pairs.Read() || MoveOn(ref pairs, ref more))
        {
            if (IsReserved(pairs.Name))
            {
                if (ReadMatcher(pairs, matchers, matchers.Count + (selectors?.Count ?? 0), options, patterns) is { } wrong) return (null, wrong);
            }
            else if (options.Accepts0x && Mercure0x.IsSelector(pairs.Name))
            {
                if (ReadMatcher(pairs, selectors ??= [], matchers.Count + selectors.Count, options, patterns) is { } wrong) return (null, wrong);
            }
            else if (options.Accepts0x && Mercure0x.IsCursor(pairs.Name))
            {
                if (beginning.TakeLastEventId(pairs) is { } wrong) return (null, wrong);
            }
            else if (beginning.TryTake(pairs, out var problem))
            {
                if (problem is not null) return (null, problem);
            }
            else if (pairs.Name.SequenceEqual("gap"u8))
            {
                tellGaps = !pairs.Value.SequenceEqual("0"u8);
            }
            else if (pairs.Name.SequenceEqual("envelope"u8))
            {
                envelope = pairs.Value.SequenceEqual("1"u8);
            }
        }
        return matchers.Count == 0 && selectors is null
            ? (null, Bad("match-missing", "Give at least one parameter match with a topic, or match=* for every topic."))
            : (new(matchers, selectors ?? [], beginning, tellGaps, envelope), null);
    }

    private static bool MoveOn(ref FormReader pairs, ref FormReader more)
    {
        pairs = more;
        more = default;
        return pairs.Read();
    }

    // The whole prefix is reserved, without regard to case, so that a misspelling fails instead of being ignored.
    private static bool IsReserved(ReadOnlySpan<byte> name) => name.Length >= 5 && Ascii.EqualsIgnoreCase(name[..5], "match"u8);

    private static Problem? ReadMatcher(FormReader pair, List<TopicMatcher> matchers, int count, FonteHttpOptions options, TopicPatterns patterns)
    {
        var isPattern = pair.Name.SequenceEqual("match_urlpattern"u8);
        var isSelector = Mercure0x.IsSelector(pair.Name);
        if (!isPattern && !isSelector && !pair.Name.SequenceEqual("match"u8) && !pair.Name.SequenceEqual("match_exact"u8))
            return Bad("match-unknown", "A parameter that begins with \"match\" is not one this hub knows; use match, match_exact or match_urlpattern.");
        if (count >= options.MaxMatchers)
            return Bad("too-many-matchers", $"Give at most {options.MaxMatchers} match parameters.");
        if (pair.Value.Length > options.MaxMatcherBytes)
            return Bad("match-too-long", $"A match parameter is longer than {options.MaxMatcherBytes} bytes; shorten it.");
        if (!Utf8.IsValid(pair.Value))
            return Bad("invalid-utf8", "A match parameter is not valid UTF-8; encode it so.");
        var expression = Encoding.UTF8.GetString(pair.Value);
        if (expression.Length == 0 || !TextRules.IsClean(expression))
            return Bad("match-invalid", "A match parameter is empty or holds a control or format character; correct it.");
        var (matcher, fault) = isPattern ? patterns.Of(expression) : isSelector ? patterns.OfSelector(expression) : (TopicMatcher.Exact(expression), null);
        if (matcher is null) return Bad("match-invalid", $"A {(isPattern ? "match_urlpattern parameter is no URL Pattern" : "topic parameter is no URI Template")} that this hub can use. {fault}");
        matchers.Add(matcher);
        return null;
    }

    private static Problem Bad(string name, string detail) => new(StatusCodes.Status400BadRequest, name, detail);
}
