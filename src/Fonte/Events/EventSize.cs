namespace Fonte;

/// <summary>One estimate of an event's memory, so that every bound in bytes counts alike.</summary>
internal static class EventSize
{
    private const int Objects = 200;

    internal static int Of(IReadOnlyList<string> topics, int dataLength, string? id, string? type)
    {
        var size = Objects + dataLength + 2 * ((id?.Length ?? 0) + (type?.Length ?? 0));
        for (var i = 0; i < topics.Count; i++) size += 2 * topics[i].Length + 32;
        return size;
    }

    internal static int Of(EventDraft draft) => Of(draft.Topics, draft.Data.Length, draft.Id, draft.Type);
}
