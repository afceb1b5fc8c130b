using System.Text;
using System.Text.Json;

namespace Fonte.AspNetCore;

/// <summary>The members of a CloudEvent that the hub looks at. Each may stand once.</summary>
[Flags]
internal enum CloudEventMember
{
    /// <summary>Any other attribute.</summary>
    Extension = 0,
    SpecVersion = 1,
    Id = 2,
    Source = 4,
    Type = 8,
    Subject = 16,
    DataContentType = 32,
    DataSchema = 64,
    Time = 128,
    Data = 256,
    DataBase64 = 512,
    Private = 1024,
}

/// <summary>Which member a JSON property is.</summary>
internal static class CloudEventMembers
{
    /// <summary>The member of the property that the reader stands on.</summary>
    /// <exception cref="InvalidOperationException">The name is not valid Unicode.</exception>
    internal static CloudEventMember Of(in Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped) return Of(json.ValueSpan);
        // An escape of six bytes can stand for one, so a name that is longer than this is none of them.
        if (json.ValueSpan.Length > 6 * 32) return CloudEventMember.Extension;
        Span<byte> name = stackalloc byte[6 * 32];
        return Of(name[..json.CopyString(name)]);
    }

    private static CloudEventMember Of(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => CloudEventMember.Id,
        4 when name.SequenceEqual("type"u8) => CloudEventMember.Type,
        4 when name.SequenceEqual("data"u8) => CloudEventMember.Data,
        4 when name.SequenceEqual("time"u8) => CloudEventMember.Time,
        6 when name.SequenceEqual("source"u8) => CloudEventMember.Source,
        7 when name.SequenceEqual("subject"u8) => CloudEventMember.Subject,
        // Whatever its case: attributes have lower-case names, and what somebody meant to be private must not be published in the open.
        7 when Ascii.EqualsIgnoreCase(name, "private"u8) => CloudEventMember.Private,
        10 when name.SequenceEqual("dataschema"u8) => CloudEventMember.DataSchema,
        11 when name.SequenceEqual("specversion"u8) => CloudEventMember.SpecVersion,
        11 when name.SequenceEqual("data_base64"u8) => CloudEventMember.DataBase64,
        15 when name.SequenceEqual("datacontenttype"u8) => CloudEventMember.DataContentType,
        _ => CloudEventMember.Extension,
    };

    /// <summary>The name as it stands in the JSON.</summary>
    internal static string NameOf(CloudEventMember member) =>
        member == CloudEventMember.DataBase64 ? "data_base64" : member.ToString().ToLowerInvariant();
}
