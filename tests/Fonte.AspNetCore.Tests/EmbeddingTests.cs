using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Fonte.AspNetCore.Tests;

public sealed class EmbeddingTests
{
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
    public async Task Applications_own_authorization_guards_the_result()
    {
        await using var app = await HubApplication.StartAsync(map: web =>
            web.MapGet("/mine", () => FonteResults.EventStream("mine")).AddEndpointFilter((_, _) => ValueTask.FromResult<object?>(Results.StatusCode(403))));
        await using var stream = await app.OpenAsync("", path: "/mine");
        Assert.Equal(HttpStatusCode.Forbidden, stream.Response.StatusCode);
    }

    [Fact]
    public void Missing_registration_is_told_with_the_call_to_add()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var exception = Assert.Throws<InvalidOperationException>(() => app.MapFonte());
        Assert.Contains("AddFonte()", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Result_without_topics_or_with_an_impossible_one_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => FonteResults.EventStream());
        Assert.Throws<ArgumentException>(() => FonteResults.EventStream("a\nb"));
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
