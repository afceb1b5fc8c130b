using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Fonte.AspNetCore.Tests;

public sealed class EmbeddingTests
{
    [Fact]
    public async Task Mercure_link_tells_the_hub_and_the_last_event()
    {
        await using var app = await HubApplication.StartAsync(
            options => options.Resource = "https://hub.example/.well-known/mercure",
            map: web => web.MapGet("/books/1", async (IEventPublisher publisher) => (await publisher.PublishAsync("/books/1", "changed meanwhile")).Id).WithMercureLink("application/json", "book"));
        using var before = await app.Client.GetAsync(new Uri("/books/1", UriKind.Relative), HubApplication.Stop);
        Assert.Equal("<https://hub.example/.well-known/mercure>; rel=\"mercure\"; last-event-id=\"earliest\"; content-type=\"application/json\"; type=\"book\"", before.Headers.GetValues("Link").Single());
        var id = await before.Content.ReadAsStringAsync(HubApplication.Stop);
        using var after = await app.Client.GetAsync(new Uri("/books/1", UriKind.Relative), HubApplication.Stop);
        Assert.Contains($"last-event-id=\"{id}\"", after.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_streams_topics_at_the_applications_own_url_and_resumes()
    {
        await using var app = await HubApplication.StartAsync(map: web => web.MapGet("/prices", () => FonteResults.EventStream("prices")));
        var first = await app.PublishAsync("topic=prices&data=1");
        await app.PublishAsync("topic=other&data=x");
        await app.PublishAsync("topic=prices&data=2");
        await using var stream = await app.OpenAsync("", lastEventId: first, path: "/prices");
        Assert.Equal((first, "2"), (stream.Preceding, await stream.NextDataAsync()));
    }

    [Fact]
    public async Task Result_that_does_not_resume_starts_at_the_present()
    {
        await using var app = await HubApplication.StartAsync(
            map: web => web.MapGet("/clock", () => FonteResults.EventStream(new EventStreamOptions { Topics = ["clock"], Resume = false })));
        await app.PublishAsync("topic=clock&data=old");
        await using var stream = await app.OpenAsync("?last_event_id=earliest", path: "/clock");
        await app.PublishAsync("topic=clock&data=new");
        Assert.Equal("new", await stream.NextDataAsync());
    }

    [Fact]
    public void Missing_registration_is_told_with_the_call_to_add()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var exception = Assert.Throws<InvalidOperationException>(() => app.MapFonte());
        Assert.Contains("AddFonte()", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Result_without_topics_is_a_mistake_of_the_caller() => Assert.Throws<ArgumentException>(() => FonteResults.EventStream());

    [Theory]
    [InlineData("%0A")]
    [InlineData("*")]
    [InlineData("%E2%80%8B")]
    public async Task Topic_from_the_route_that_cannot_be_one_is_the_clients_mistake(string topic)
    {
        await using var app = await HubApplication.StartAsync(map: web => web.MapGet("/t/{topic}", (string topic) => FonteResults.EventStream(topic)));
        await using var stream = await app.OpenAsync("", path: "/t/" + topic);
        await PublishTests.AssertProblemAsync(stream.Response, HttpStatusCode.BadRequest, "topic-invalid");
    }

    [Fact]
    public async Task Every_topic_is_streamed_only_when_asked_for_by_name()
    {
        await using var app = await HubApplication.StartAsync(map: web => web.MapGet("/all", () => FonteResults.EventStream(new EventStreamOptions { AllTopics = true })));
        await app.PublishAsync("topic=a&data=1");
        await using var stream = await app.OpenAsync("?last_event_id=earliest", path: "/all");
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData("/own", "public secret after")]
    [InlineData("/open", "public after")]
    [InlineData("/.well-known/mercure?match=*", "public after")]
    public async Task Private_events_are_streamed_where_the_application_says_so_and_nowhere_else(string path, string expected)
    {
        await using var app = await HubApplication.StartAsync(map: web =>
        {
            web.MapGet("/own", () => FonteResults.EventStream(new EventStreamOptions { Topics = ["a"], IncludePrivate = true }));
            web.MapGet("/open", () => FonteResults.EventStream("a"));
        });
        await app.PublishAsync("topic=a&data=public");
        await PublishPrivateAsync(app, "b", "others");
        await PublishPrivateAsync(app, "a", "secret");
        await app.PublishAsync("topic=a&data=after");
        await using var stream = await app.OpenAsync((path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "last_event_id=earliest", path: path);
        foreach (var data in expected.Split(' ')) Assert.Equal(data, await stream.NextDataAsync());

        static async Task PublishPrivateAsync(HubApplication app, string topic, string data) =>
            Assert.True((await app.Services.GetRequiredService<IEventPublisher>().PublishAsync(new EventDraft { Topics = [topic], Data = Encoding.UTF8.GetBytes(data), Private = true }, HubApplication.Stop)).IsPublished);
    }

    [Fact]
    public async Task Stream_that_must_wait_is_told_after_how_long_to_come_back()
    {
        await using var app = await HubApplication.StartAsync(map: web => web.MapGet("/busy", () => FonteResults.TryAgainLater()));
        await using var stream = await app.OpenAsync("", path: "/busy");
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (stream.Response.StatusCode, stream.Response.Content.Headers.ContentType!.ToString()));
        Assert.Matches("^retry: [0-9]+\n\n$", await stream.ReadToEndAsync());
    }

    [Fact]
    public async Task All_wrong_options_are_told_at_once_with_their_path()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([
            new("Fonte:Data", FonteOptions.InMemory), new("Fonte:MaxBodyBytes", "0"), new("Fonte:HeartbeatInterval", "00:00:00"), new("Fonte:Limits:MaxTopics", "-1")]);
        builder.Services.AddFonte();
        await using var app = builder.Build();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(HubApplication.Stop));
        Assert.Equal(3, exception.Failures.Count());
        Assert.Contains(exception.Failures, failure => failure.StartsWith("Fonte:Limits:MaxTopics ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publishing_before_the_start_is_a_mistake_of_the_caller()
    {
        var services = new ServiceCollection();
        services.AddFonte();
        services.AddMetrics();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton<IHostApplicationLifetime, NoLifetime>();
        await using var provider = services.BuildServiceProvider();
        var publisher = provider.GetRequiredService<IEventPublisher>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => publisher.PublishAsync("a", "1", HubApplication.Stop).AsTask());
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
