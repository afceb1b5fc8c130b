namespace Fonte.AspNetCore;

/// <summary>What <see cref="RetentionOptions"/> must keep to.</summary>
internal static class RetentionRules
{
    private const int MostKept = 1000;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    /// <summary>Tells of every broken rule: the option's path below <c>Fonte</c>, and how it must be.</summary>
    internal static void Check(RetentionOptions retention, Action<string, string> tell)
    {
        if (retention.MaxAge < TimeSpan.Zero) Tell(nameof(retention.MaxAge), "must be 0 (no limit) or more");
        if (retention.MaxEvents < 0) Tell(nameof(retention.MaxEvents), "must be 0 (no limit) or more");
        if (retention.MaxBytes < 0) Tell(nameof(retention.MaxBytes), "must be 0 (no limit) or more");
        if (retention.Interval < ShortestInterval || retention.Interval > LongestInterval) Tell(nameof(retention.Interval), "must be between 100 milliseconds and 1 day");
        for (var i = 0; i < retention.Topics.Count; i++)
        {
            var topic = retention.Topics[i];
            var path = $"{nameof(retention.Topics)}:{i}:";
            if (!IsPattern(topic.Pattern))
                Tell(path + nameof(topic.Pattern), "must be a topic, or the beginning of topics and then *, without control or format characters");
            if (topic.MaxAge < TimeSpan.Zero) Tell(path + nameof(topic.MaxAge), "must be 0 (no limit) or more");
            if (topic.KeepLast is < 0 or > MostKept) Tell(path + nameof(topic.KeepLast), $"must be between 0 (no limit) and {MostKept}");
        }

        void Tell(string option, string rule) => tell($"{nameof(FonteOptions.Retention)}:{option}", rule);
    }

    private static bool IsPattern(string? pattern) =>
        !string.IsNullOrEmpty(pattern) && TextRules.IsClean(pattern) && pattern.IndexOf('*') is var star && (star < 0 || star == pattern.Length - 1);
}
