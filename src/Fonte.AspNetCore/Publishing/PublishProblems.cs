using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>What a publisher is told when its event was not published.</summary>
internal static class PublishProblems
{
    private const int RetryAfterSeconds = 1;

    internal static readonly Problem ContentType = new(
        StatusCodes.Status415UnsupportedMediaType,
        "content-type",
        $"Send the event as {PublishFormats.Form} or {PublishFormats.CloudEvent} in UTF-8, several as {PublishFormats.CloudEventBatch}, or a CloudEvent of any content type with its attributes in fields that begin with ce-.");

    internal static Problem TooLarge(int most) => new(
        StatusCodes.Status413PayloadTooLarge, "too-large", $"The body, or one event of it, is larger than {most} bytes; publish less, or a link to it.");

    internal static Problem Of(EventFault fault) => new(StatusOf(fault.Problem), NameOf(fault.Problem), fault.Sentence);

    /// <summary>The problem, or <see langword="null"/> when the events are durable.</summary>
    internal static Problem? Of(PublishResult result, bool isBatch) => result.Outcome switch
    {
        PublishOutcome.Published => null,
        PublishOutcome.Rejected => isBatch ? Of(result.Fault!).At(result.FaultIndex) : Of(result.Fault!),
        PublishOutcome.Overloaded => Unavailable("not-appended", "Nothing was appended: too many events wait to be stored. Publish it again later."),
        PublishOutcome.Unavailable => Unavailable("not-appended", "Nothing was appended: the log cannot be written now. Publish it again later."),
        PublishOutcome.KeyReused => new(StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "The Idempotency-Key came earlier with other events; use a new key for a new request."),
        _ => Unavailable("outcome-unknown", "It is not known whether the event was appended. Look for it before you publish it again."),
    };

    private static Problem Unavailable(string name, string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, name, detail) { RetryAfterSeconds = RetryAfterSeconds };

    private static int StatusOf(EventProblem problem) => problem is EventProblem.TooLarge or EventProblem.TooManyTopics
        ? StatusCodes.Status413PayloadTooLarge
        : StatusCodes.Status400BadRequest;

    private static string NameOf(EventProblem problem) => problem switch
    {
        EventProblem.TopicMissing => "topic-missing",
        EventProblem.TopicInvalid => "topic-invalid",
        EventProblem.TopicReserved => "topic-reserved",
        EventProblem.TooManyTopics => "too-many-topics",
        EventProblem.TooLarge => "too-large",
        EventProblem.IdInvalid => "id-invalid",
        EventProblem.IdReserved => "id-reserved",
        EventProblem.TypeInvalid => "type-invalid",
        EventProblem.TypeReserved => "type-reserved",
        EventProblem.RetryInvalid => "retry-invalid",
        _ => "data-invalid",
    };
}
