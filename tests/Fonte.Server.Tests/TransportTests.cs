using System.Net;
using System.Net.WebSockets;
using System.Text;
using Xunit;

namespace Fonte.Server.Tests;

/// <summary>What is not an event stream, at the real server, whose listener and buffers are its own: as it is built, and native.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batch_poll_and_socket_are_answered(bool native)
    {
        await using var server = native ? await RunningServer.StartNativeAsync(_folder.Path) : await RunningServer.StartAsync(_folder.Path);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri(server.Address.AbsoluteUri.Replace("http", "ws", StringComparison.Ordinal) + "fonte/socket?match=/s"), Stop);
        var empty = await server.Http.GetStringAsync(new Uri("/fonte/poll?match=/s", UriKind.Relative), Stop);
        Assert.Contains("\"events\":[]", empty, StringComparison.Ordinal);

        var batch = "[" + string.Join(',', Enumerable.Range(0, 300).Select(n => $$"""{"specversion":"1.0","id":"{{n}}","source":"/s","type":"t","data":"{{new string('x', 200)}}"}""")) + "]";
        using var content = new StringContent(batch, null, "application/cloudevents-batch+json");
        using var published = await server.Http.PostAsync(server.Hub, content, Stop);
        Assert.Equal((HttpStatusCode.OK, 300), (published.StatusCode, (await published.Content.ReadAsStringAsync(Stop)).Split(',').Length));

        var answer = await server.Http.GetStringAsync(new Uri("/fonte/poll?match=/s&last_event_id=earliest", UriKind.Relative), Stop);
        Assert.Contains("\"id\":\"0\"", answer, StringComparison.Ordinal);
        var received = "";
        var buffer = new byte[64 * 1024];
        while (!received.Contains("\"id\":\"299\"", StringComparison.Ordinal)) received = Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer.AsMemory(), Stop)).Count);
    }

    [Fact]
    public async Task Stream_of_a_hub_that_is_not_ready_is_told_when_to_come_back_and_a_poll_that_it_is_not()
    {
        // Nothing listens there.
        var away = new Dictionary<string, string> { ["FONTE__BROKER"] = "rabbitmq", ["FONTE__BROKERURL"] = "amqp://127.0.0.1:1", ["FONTE__CLUSTERKEY"] = "of the test, and long enough for it" };
        await using var server = await RunningServer.StartWithAsync(away, _folder.Path);
        using var stream = await server.Http.GetAsync(new Uri(server.Hub, "?match=a"), Stop);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        Assert.Matches("^retry: [0-9]+\n\n$", await stream.Content.ReadAsStringAsync(Stop));
        using var poll = await server.Http.GetAsync(new Uri("/fonte/poll?match=a", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, poll.StatusCode);
        Assert.NotNull(poll.Headers.RetryAfter);
    }

    [Fact]
    public async Task Four_ways_are_compared_and_none_loses_an_event()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        await using var tool = Tool.Start("bench", "--compare-transports", "--url", server.Address.AbsoluteUri, "--subscribers", "20", "--rate", "5", "--seconds", "2");
        var ended = await tool.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var rows = ended.Output.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToList();
        Assert.Equal(["polling", "long polling", "SSE", "WebSocket"], rows.Select(row => row.Split('|')[1].Trim()));
        // One request is all that these two need, and it was sent before they were counted.
        Assert.All(rows.Skip(2), row => Assert.Equal("0.00", row.Split('|')[2].Trim()));
        Assert.Contains("SSE beside polling: 0.", ended.Output, StringComparison.Ordinal);
    }
}
