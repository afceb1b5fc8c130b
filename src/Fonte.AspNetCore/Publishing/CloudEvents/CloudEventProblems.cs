using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>What is wrong with a CloudEvent.</summary>
internal static class CloudEventProblems
{
    internal static readonly Problem Malformed = new(StatusCodes.Status400BadRequest, "json-invalid", "The JSON is malformed, nested too deep, or followed by something else; correct it.");

    internal static readonly Problem InvalidUtf8 = new(StatusCodes.Status400BadRequest, "invalid-utf8", "The JSON is not valid UTF-8; encode it so.");

    internal static readonly Problem NoObject = Invalid("A CloudEvent is a JSON object; send it as one.");

    internal static readonly Problem NoArray = Invalid("A batch is a JSON array of CloudEvents; send it as one.");

    internal static readonly Problem EmptyBatch = new(StatusCodes.Status400BadRequest, "batch-empty", "The batch holds no event; send at least one.");

    internal static readonly Problem TwoData = Invalid("The members data and data_base64 exclude each other; give one of them.");

    internal static Problem TooManyEvents(int most) => new(StatusCodes.Status413PayloadTooLarge, "too-many-events", $"The batch holds more than {most} events; send several batches.");

    internal static Problem Repeated(CloudEventMember member) => Invalid($"The member {CloudEventMembers.NameOf(member)} appears more than once; give it once.");

    internal static Problem Missing(CloudEventMember member) => Invalid($"The attribute {CloudEventMembers.NameOf(member)} is missing; give it.");

    internal static Problem Wrong(CloudEventMember member) => Invalid(member switch
    {
        CloudEventMember.SpecVersion => "The attribute specversion must be the text 1.0, the version of CloudEvents that this hub takes.",
        CloudEventMember.Private => "The attribute private must be true or false; correct it.",
        CloudEventMember.DataBase64 => "The member data_base64 must be text in Base64; correct it.",
        _ => $"The attribute {CloudEventMembers.NameOf(member)} must be text that is not empty; correct it.",
    });

    internal static Problem Invalid(string detail) => new(StatusCodes.Status400BadRequest, "cloudevent-invalid", detail);
}
