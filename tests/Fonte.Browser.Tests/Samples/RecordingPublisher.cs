using System.Text;
using System.Threading.Channels;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

/// <summary>Records what is published, or fails with what the test has lined up.</summary>
internal sealed class RecordingPublisher : IEventPublisher
{
    private readonly Channel<(string Topic, string Data)> _events = Channel.CreateUnbounded<(string, string)>();

    public Queue<Exception> Failures { get; } = [];

    /// <summary>How many are refused first.</summary>
    public int Refuses { get; set; }

    public ValueTask<PublishResult> PublishAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        var draft = request.Events[0];
        _events.Writer.TryWrite((draft.Topics[0], Encoding.UTF8.GetString(draft.Data.Span)));
        return Failures.TryDequeue(out var failure) ? throw failure : new ValueTask<PublishResult>(Refuses-- > 0 ? new(PublishOutcome.Unavailable) : Published());
    }

    public ValueTask<(string Topic, string Data)> NextAsync() => _events.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private static PublishResult Published() => new(PublishOutcome.Published, "1");
}
