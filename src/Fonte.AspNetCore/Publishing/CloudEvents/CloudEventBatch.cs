using System.Text.Json;

namespace Fonte.AspNetCore;

/// <summary>A JSON array of CloudEvents (CloudEvents JSON batch format 1.0.2), of which the first wrong one refuses all.</summary>
internal static class CloudEventBatch
{
    /// <summary>Reads the events; returns them, or what to change in the first that is wrong.</summary>
    internal static (IReadOnlyList<EventDraft>? Events, Problem? Problem) Read(ReadOnlySpan<byte> body, FonteHttpOptions options)
    {
        var events = new List<EventDraft>();
        var problem = ReadAll(body, events, options);
        if (problem is null) return (events, null);
        // The hub checks its rules after the whole was read; one before this may break them.
        for (var i = 0; i < events.Count; i++)
        {
            if (EventRules.Check(events[i], options.Limits, options.Reserved) is { } fault) return (null, PublishProblems.Of(fault).At(i));
        }
        return (null, problem);
    }

    private static Problem? ReadAll(ReadOnlySpan<byte> body, List<EventDraft> events, FonteHttpOptions options)
    {
        var isInside = false;
        try
        {
            var reader = new CloudEventReader(body, depth: 1);
            reader.Read();
            if (reader.Token != JsonTokenType.StartArray) return CloudEventProblems.NoArray;
            isInside = true;
            while (reader.Read() && reader.Token != JsonTokenType.EndArray)
            {
                if (events.Count == options.MaxBatchEvents) return CloudEventProblems.TooManyEvents(options.MaxBatchEvents);
                if (reader.ReadEvent(options.MaxBodyBytes, out var draft) is { } problem) return problem.At(events.Count);
                events.Add(draft!);
            }
            isInside = false;
            reader.Read();
            return events.Count == 0 ? CloudEventProblems.EmptyBatch : null;
        }
        catch (Exception exception) when (CloudEventReader.IsMalformed(exception))
        {
            var problem = CloudEventReader.ProblemOf(body);
            return isInside ? problem.At(events.Count) : problem;
        }
    }
}
