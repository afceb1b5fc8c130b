using System.Net.ServerSentEvents;

namespace Fonte.Client;

/// <summary>One connection's event stream, read to its end.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly FonteClientOptions _options;
    private readonly CancellationToken _cancellationToken;
    private readonly CompleteBlockStream _body;
    private readonly SseParser<string> _parser;
    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly long _opened;
    private readonly bool _includesPositions;
    private string? _missed;
    private ReceivedEvent? _pending;
    private bool _gaveEvent;

    private EventStream(
        HttpResponseMessage response, Stream content, SubscribeRequest request, string lastEventId, FonteClientOptions options, CancellationToken cancellationToken)
    {
        _includesPositions = request.IncludePositions;
        _missed = IsMissed(response, lastEventId) ? lastEventId : null;
        _response = response;
        _options = options;
        _cancellationToken = cancellationToken;
        LastEventId = lastEventId;
        _body = new CompleteBlockStream(new IdleTimeoutStream(content, options, cancellationToken), options.MaximumEventSize, request.IncludePositions);
        _parser = SseParser.Create(_body);
        _items = _parser.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        _opened = options.TimeProvider.GetTimestamp();
    }

    /// <summary>Gets the last event ID as of the last whole block that was read, whether or not it was an event.</summary>
    public string LastEventId { get; private set; }

    /// <summary>Gets how the stream ended, once <see cref="ReadAsync"/> has given null.</summary>
    public string EndReason { get; private set; } = "";

    /// <summary>Gets the reconnection time that the stream told, if any.</summary>
    public TimeSpan? ReconnectionTime => _parser.ReconnectionInterval < TimeSpan.Zero ? null : _parser.ReconnectionInterval;

    /// <summary>Gets whether the hub is really serving: a refusal for overload is also a 200, with <c>retry:</c> and the end.</summary>
    public bool IsSuccessful => _gaveEvent || _body.HasToldId
        || _options.TimeProvider.GetElapsedTime(_opened) >= _options.MaximumReconnectionTime;

    public static async Task<EventStream> CreateAsync(
        HttpResponseMessage response, SubscribeRequest request, string lastEventId, FonteClientOptions options, CancellationToken cancellationToken)
    {
        var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        return new EventStream(response, content, request, lastEventId, options, cancellationToken);
    }

    /// <summary>Gives the next event, or null when the stream ended or broke.</summary>
    /// <exception cref="FonteClientException">An event is larger than the limit.</exception>
    public async ValueTask<ReceivedEvent?> ReadAsync()
    {
        if (_pending is { } pending)
        {
            _pending = null;
            return pending;
        }

        try
        {
            if (await _items.MoveNextAsync().ConfigureAwait(false))
            {
                var item = _items.Current;
                LastEventId = item.EventId ?? LastEventId;
                _gaveEvent = true;
                return AfterGap(new ReceivedEvent(LastEventId, TypeOf(item.EventType), item.Data));
            }

            EndReason = "The hub ended the event stream.";
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            EndReason = $"The event stream broke: {exception.Message}";
        }
        catch (OperationCanceledException exception) when (!_cancellationToken.IsCancellationRequested)
        {
            EndReason = $"The event stream broke: {exception.Message}";
        }

        // Blocks without data move the cursor too, and the parser has read every block that was whole.
        if (_body.HasToldId)
            LastEventId = _parser.LastEventId;
        return null;
    }

    // A hub of another kind tells of a gap only by the header (Mercure draft, "Reconciliation").
    private ReceivedEvent AfterGap(ReceivedEvent received)
    {
        if (_missed is not { } missed || received.IsPosition)
            return received;
        _missed = null;
        if (received.IsGap)
            return received;
        _pending = received;
        return new ReceivedEvent(missed, ReceivedEvent.GapType, Gap.Write(missed));
    }

    private static bool IsMissed(HttpResponseMessage response, string lastEventId) =>
        lastEventId is not ("" or SubscribeRequest.Earliest)
        && response.Headers.TryGetValues("Mercure-Last-Event-ID", out var told) && told.FirstOrDefault() == SubscribeRequest.Earliest;

    private string TypeOf(string type) => _includesPositions && type == ReceivedEvent.PositionType ? ReceivedEvent.PositionType : type is "" ? "message" : type;

    public async ValueTask DisposeAsync()
    {
        await _items.DisposeAsync().ConfigureAwait(false);
        await _body.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }
}
