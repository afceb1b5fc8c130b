namespace Fonte.AspNetCore;

/// <summary>The header fields of a CloudEvent in binary mode (CloudEvents HTTP binding 1.0.2, section 3.1.3).</summary>
internal static class CloudEventFields
{
    internal const string Prefix = "ce-";
    internal const string SpecVersion = "ce-specversion";
}
