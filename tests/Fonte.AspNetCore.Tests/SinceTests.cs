using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>The parameter <c>since</c>, a time as RFC 3339 has it.</summary>
public sealed class SinceTests
{
    [Theory]
    [InlineData("2026-05-01T12:00:00Z", "2026-05-01T12:00:00.0000000")]
    [InlineData("2026-05-01t12:00:00z", "2026-05-01T12:00:00.0000000")]
    [InlineData("2026-05-01T12:00:00.5Z", "2026-05-01T12:00:00.5000000")]
    [InlineData("2026-05-01T12:00:00.1234567Z", "2026-05-01T12:00:00.1234567")]
    [InlineData("2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00.0000000")]
    [InlineData("2026-05-01T12:00:00 02:00", "2026-05-01T10:00:00.0000000")]
    [InlineData("2026-05-01T12:00:00-23:59", "2026-05-02T11:59:00.0000000")]
    [InlineData("2026-05-01T12:00:00-00:00", "2026-05-01T12:00:00.0000000")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000")]
    public void Time_with_its_offset_is_read(string text, string expected)
    {
        Assert.True(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out var time));
        Assert.Equal(expected, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-05-01")]
    [InlineData("2026-05-01T12:00:00")]
    [InlineData("2026-05-01T12:00Z")]
    [InlineData("2026-05-01 12:00:00Z")]
    [InlineData("2026-05-01T12:00:00.Z")]
    [InlineData("2026-05-01T12:00:00.5")]
    [InlineData("2026-05-01T12:00:00.12345678Z")]
    [InlineData("2026-05-01T12:00:00,5Z")]
    [InlineData("2026-05-01T12:00:00ZZ")]
    [InlineData("2026-05-01T12:00:00+0200")]
    [InlineData("2026-05-01T12:00:00+24:00")]
    [InlineData("2026-05-01T12:00:00+00:60")]
    [InlineData("2026-05-01T24:00:00Z")]
    [InlineData("2026-05-01T12:60:00Z")]
    [InlineData("2026-05-01T12:00:60Z")]
    [InlineData("2026-13-01T12:00:00Z")]
    [InlineData("2026-02-29T12:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("-026-05-01T12:00:00Z")]
    [InlineData("+026-05-01T12:00:00Z")]
    [InlineData("2026-05-01T12:00:00+-1:00")]
    [InlineData("٢٠٢٦-05-01T12:00:00Z")]
    public async Task What_is_no_time_with_an_offset_is_refused(string text)
    {
        Assert.False(Rfc3339.TryParse(Encoding.UTF8.GetBytes(text), out _));
        await using var app = await HubApplication.StartAsync(map: web => web.MapGet("/own", () => FonteResults.EventStream("a")));
        await using (var hub = await app.OpenAsync("?match=a&since=" + Uri.EscapeDataString(text)))
            await PublishTests.AssertProblemAsync(hub.Response, HttpStatusCode.BadRequest, "since-invalid");
        await using var own = await app.OpenAsync("?since=" + Uri.EscapeDataString(text), path: "/own");
        await PublishTests.AssertProblemAsync(own.Response, HttpStatusCode.BadRequest, "since-invalid");
    }

    [Fact]
    public void Every_time_that_the_framework_writes_is_read_back()
    {
        var time = Gen.Select(Gen.Long[DateTime.MinValue.Ticks + TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay], Gen.Int[-14 * 60, 14 * 60])
            .Select((ticks, minutes) => new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes)));
        time.Sample(expected => Rfc3339.TryParse(Encoding.ASCII.GetBytes(expected.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture)), out var read) && read == expected);
    }

    [Fact]
    public async Task Two_times_are_refused()
    {
        await using var app = await HubApplication.StartAsync();
        await using var stream = await app.OpenAsync("?match=a&since=2026-05-01T12:00:00Z&since=2026-05-01T12:00:00Z");
        await PublishTests.AssertProblemAsync(stream.Response, HttpStatusCode.BadRequest, "since-invalid");
    }

    [Fact]
    public async Task Application_that_does_not_resume_ignores_it()
    {
        await using var app = await HubApplication.StartAsync(
            map: web => web.MapGet("/clock", () => FonteResults.EventStream(new EventStreamOptions { Topics = ["clock"], Resume = false })));
        await app.PublishAsync("topic=clock&data=old");
        await using var stream = await app.OpenAsync("?since=2026-05-01T12:00:00Z", path: "/clock");
        await app.PublishAsync("topic=clock&data=new");
        Assert.Equal("new", await stream.NextDataAsync());
    }

    [Fact]
    public void Plus_of_the_offset_survives_being_a_space_in_the_query()
    {
        var (query, _) = SubscribeQuery.Read(new QueryString("?match=a&since=2026-05-01T12:00:00.25+02:00"), new(), new(ReservedNamespace.Default.Url));
        Assert.Equal(new DateTimeOffset(2026, 5, 1, 10, 0, 0, 250, TimeSpan.Zero), query!.Beginning.Since);
    }

    [Fact]
    public async Task Cursor_wins_over_it()
    {
        await using var app = await HubApplication.StartAsync();
        var first = await app.PublishAsync("topic=a&data=1");
        await app.PublishAsync("topic=a&data=2");
        await using (var field = await app.OpenAsync("?match=a&since=2000-01-01T00:00:00Z", lastEventId: first))
            Assert.Equal((first, "2"), (field.Preceding, await field.NextDataAsync()));
        await using var parameter = await app.OpenAsync($"?match=a&since=2000-01-01T00:00:00Z&last_event_id={first}");
        Assert.Equal((first, "2"), (parameter.Preceding, await parameter.NextDataAsync()));
    }
}
