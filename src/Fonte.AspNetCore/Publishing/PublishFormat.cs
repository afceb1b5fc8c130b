using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fonte.AspNetCore;

/// <summary>The ways to say an event in a request.</summary>
internal enum PublishFormat
{
    /// <summary>None that the hub knows.</summary>
    Unknown,

    /// <summary>The form of the Mercure draft.</summary>
    Form,

    /// <summary>One CloudEvent in the body (CloudEvents HTTP binding 1.0.2, "Structured Content Mode").</summary>
    CloudEvent,

    /// <summary>A JSON array of CloudEvents ("Batched Content Mode").</summary>
    CloudEventBatch,

    /// <summary>A CloudEvent whose attributes are header fields <c>ce-…</c> and whose data is the body ("Binary Content Mode").</summary>
    BinaryCloudEvent,
}

/// <summary>Finds out which way a request takes.</summary>
internal static class PublishFormats
{
    internal const string Form = "application/x-www-form-urlencoded";
    internal const string CloudEvent = "application/cloudevents+json";
    internal const string CloudEventBatch = "application/cloudevents-batch+json";
    private const string CloudEventPrefix = "application/cloudevents";

    /// <summary>The format, by the content type and then by <c>ce-specversion</c>, in the order of the HTTP binding, section 3.</summary>
    internal static PublishFormat Of(HttpRequest request)
    {
        var format = OfContentType(request.ContentType, out var isOfCloudEvents);
        return !isOfCloudEvents && request.Headers.ContainsKey(CloudEventFields.SpecVersion) ? PublishFormat.BinaryCloudEvent : format;
    }

    private static PublishFormat OfContentType(string? contentType, out bool isOfCloudEvents)
    {
        isOfCloudEvents = false;
        // As nearly every publisher writes it; parsing allocates.
        if (contentType == Form) return PublishFormat.Form;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)) return PublishFormat.Unknown;
        isOfCloudEvents = type.MediaType.StartsWith(CloudEventPrefix, StringComparison.OrdinalIgnoreCase);
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return PublishFormat.Unknown;
        return type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase) ? PublishFormat.Form
            : type.MediaType.Equals(CloudEvent, StringComparison.OrdinalIgnoreCase) ? PublishFormat.CloudEvent
            : type.MediaType.Equals(CloudEventBatch, StringComparison.OrdinalIgnoreCase) ? PublishFormat.CloudEventBatch
            : PublishFormat.Unknown;
    }
}
