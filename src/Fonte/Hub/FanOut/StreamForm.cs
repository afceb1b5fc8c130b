using System.Buffers;

namespace Fonte;

/// <summary>How what a subscriber gets is written.</summary>
internal enum StreamForm
{
    /// <summary>Blocks of an event stream.</summary>
    Blocks,

    /// <summary>The same, with each event's data and topics in an object.</summary>
    Envelopes,

    /// <summary>Objects of JSON, where there is no event stream.</summary>
    Objects,

    /// <summary>Blocks of an event stream for who watches the hub: of each event what a list shows, under its position as the ID.</summary>
    Summaries,
}

/// <summary>What is no event of the log, in each form.</summary>
internal static class StreamForms
{
    internal const int Count = 4;

    internal static void Position(StreamForm form, IBufferWriter<byte> writer, string position)
    {
        if (form == StreamForm.Objects) EventObjectFormat.Position(writer, position);
        else EventStreamFormat.PositionBlock(writer, position);
    }

    internal static void Heartbeat(StreamForm form, IBufferWriter<byte> writer, string? position)
    {
        if (form == StreamForm.Objects) EventObjectFormat.Position(writer, position);
        else EventStreamFormat.Heartbeat(writer, position);
    }

    internal static void Gap(StreamForm form, IBufferWriter<byte> writer, ResumeGap gap, string before, string oldest)
    {
        if (form == StreamForm.Objects) EventObjectFormat.Gap(writer, gap, before, oldest);
        else EventStreamFormat.Gap(writer, gap, before, oldest);
    }
}
