using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>Checks all options at start, and names every one that is wrong.</summary>
internal sealed class FonteOptionsValidator : IValidateOptions<FonteHttpOptions>
{
    public ValidateOptionsResult Validate(string? name, FonteHttpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.Data)) Add(nameof(options.Data), "must be a folder, or :memory:");
        if (!Enum.IsDefined(options.Synchronous)) Add(nameof(options.Synchronous), "must be Full or Normal");
        if (!Enum.IsDefined(options.EventIds)) Add(nameof(options.EventIds), "must be Positions or Opaque");
        if (options.EventIdKey is { } key && System.Text.Encoding.UTF8.GetByteCount(key) < EventIdKey.LeastBytes) Add(nameof(options.EventIdKey), $"must have {EventIdKey.LeastBytes} bytes or more");
        Positive(nameof(options.MemoryLogBytes), options.MemoryLogBytes);
        Positive(nameof(options.MaxPendingBytes), options.MaxPendingBytes);
        Positive(nameof(options.RecentWindowBytes), options.RecentWindowBytes);
        Positive(nameof(options.ReplayCacheBytes), options.ReplayCacheBytes);
        Positive(nameof(options.PatternCacheBytes), options.PatternCacheBytes);
        if (options.Resource is not null && !HubUrls.IsValid(options.Resource)) Add(nameof(options.Resource), "must be an absolute http or https URL with a path, without query and fragment, and without the port that its scheme has anyway");
        if (options.MercureCompat is not (null or Mercure0x.Name)) Add(nameof(options.MercureCompat), $"must be {Mercure0x.Name}, or not given");
        Positive(nameof(options.MaxBodyBytes), options.MaxBodyBytes);
        Positive(nameof(options.MaxBatchBytes), options.MaxBatchBytes);
        Positive(nameof(options.MaxBatchEvents), options.MaxBatchEvents);
        Positive(nameof(options.MaxMatchers), options.MaxMatchers);
        Positive(nameof(options.MaxMatcherBytes), options.MaxMatcherBytes);
        Positive("Limits:" + nameof(EventLimits.MaxTopics), options.Limits.MaxTopics);
        Positive("Limits:" + nameof(EventLimits.MaxTopicBytes), options.Limits.MaxTopicBytes);
        Positive("Limits:" + nameof(EventLimits.MaxIdBytes), options.Limits.MaxIdBytes);
        Positive("Limits:" + nameof(EventLimits.MaxTypeBytes), options.Limits.MaxTypeBytes);
        Positive("Limits:" + nameof(EventLimits.MaxDataBytes), options.Limits.MaxDataBytes);
        if (options.BallastBytes < 0) Add(nameof(options.BallastBytes), "must be 0 (none) or more");
        if (options.MaxSubscribers < 0) Add(nameof(options.MaxSubscribers), "must be 0 (as many as the system allows) or more");
        if (options.MaxStreamsPerAddress < 0) Add(nameof(options.MaxStreamsPerAddress), "must be 0 (no limit) or more");
        if (options.MaxStreamsPerSubject < 0) Add(nameof(options.MaxStreamsPerSubject), "must be 0 (no limit) or more");
        AtLeastSecond(nameof(options.HeartbeatInterval), options.HeartbeatInterval);
        AtLeastSecond(nameof(options.HubLease), options.HubLease);
        AtLeastSecond(nameof(options.WriteTimeout), options.WriteTimeout);
        if (options.ReconnectionTime < TimeSpan.Zero || options.ReconnectionTime > TimeSpan.FromHours(1))
            Add(nameof(options.ReconnectionTime), "must be between 0 and 1 hour");
        if (options.StreamLifetime != TimeSpan.Zero) AtLeastSecond(nameof(options.StreamLifetime), options.StreamLifetime);
        Positive(nameof(options.DrainRate), options.DrainRate);
        RetentionRules.Check(options.Retention, Add);
        IssuerRules.Check(options, Add);
        return errors.Build();

        void Add(string option, string rule) => errors.AddError($"Fonte:{option} {rule}.");

        void Positive(string option, long value)
        {
            if (value < 1) Add(option, "must be 1 or more");
        }

        void AtLeastSecond(string option, TimeSpan value)
        {
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromDays(1)) Add(option, "must be between 1 second and 1 day");
        }
    }
}
