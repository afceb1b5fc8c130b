using System.Text;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>What the options must be where the log is shared.</summary>
internal sealed class SharedLogRules : IValidateOptions<FonteHttpOptions>
{
    private const int LeastKeyBytes = 32;

    public ValidateOptionsResult Validate(string? name, FonteHttpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new ValidateOptionsResultBuilder();
        if (options.ClusterKey is null || Encoding.UTF8.GetByteCount(options.ClusterKey) < LeastKeyBytes) errors.AddError($"Fonte:{nameof(options.ClusterKey)} must have {LeastKeyBytes} bytes or more, the same for all hubs of a broker's log.");
        if (options.Data == FonteOptions.InMemory) errors.AddError($"Fonte:{nameof(options.Data)} must be a folder: a copy of the broker's log is kept there.");
        if (options.Retention.Topics.Count > 0) errors.AddError($"Fonte:{nameof(options.Retention)}:{nameof(options.Retention.Topics)} must be empty: what a broker's log keeps is the broker's matter.");
        return errors.Build();
    }
}
