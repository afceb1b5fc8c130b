using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>Retention as options: read from the configuration, and checked at start.</summary>
public sealed class RetentionOptionsTests
{
    [Fact]
    public void Rules_of_topics_come_from_the_configuration()
    {
        var retention = Read(
            ("Retention:MaxAge", "7.00:00:00"), ("Retention:MaxEvents", "5"), ("Retention:MaxBytes", "99999999999"), ("Retention:Interval", "00:01:00"), ("BallastBytes", "0"),
            ("Retention:Topics:0:Pattern", "sensors/*"), ("Retention:Topics:0:MaxAge", "01:00:00"), ("Retention:Topics:1:Pattern", "prices"), ("Retention:Topics:1:KeepLast", "10")).Retention;
        Assert.Equal((TimeSpan.FromDays(7), 5L, 99_999_999_999L, TimeSpan.FromMinutes(1)), (retention.MaxAge, retention.MaxEvents, retention.MaxBytes, retention.Interval));
        Assert.Equal(
            [("sensors/*", TimeSpan.FromHours(1), 0), ("prices", null, 10)],
            retention.Topics.Select(topic => (topic.Pattern, topic.MaxAge, topic.KeepLast)));
    }

    [Fact]
    public void Zero_is_no_limit_and_the_edges_are_allowed() => Read(
        ("Retention:MaxAge", "00:00:00"), ("Retention:MaxBytes", "0"), ("Retention:Interval", "00:00:00.1"), ("BallastBytes", "0"), ("MaxBatchBytes", "1"), ("MaxBatchEvents", "1"),
        ("Retention:Topics:0:Pattern", "*"), ("Retention:Topics:0:MaxAge", "00:00:00"), ("Retention:Topics:0:KeepLast", "1000"));

    [Theory]
    [InlineData("Retention:MaxAge", "-00:00:01")]
    [InlineData("Retention:MaxEvents", "-1")]
    [InlineData("Retention:MaxBytes", "-1")]
    [InlineData("Retention:Interval", "00:00:00.09")]
    [InlineData("Retention:Interval", "1.00:00:01")]
    [InlineData("Retention:Topics:0:Pattern", "")]
    [InlineData("Retention:Topics:0:Pattern", "a*b")]
    [InlineData("Retention:Topics:0:Pattern", "a**")]
    [InlineData("Retention:Topics:0:Pattern", "a\nb")]
    [InlineData("Retention:Topics:0:MaxAge", "-00:00:01")]
    [InlineData("Retention:Topics:0:KeepLast", "-1")]
    [InlineData("Retention:Topics:0:KeepLast", "1001")]
    [InlineData("BallastBytes", "-1")]
    [InlineData("MaxBatchBytes", "0")]
    [InlineData("MaxBatchEvents", "0")]
    public void Wrong_value_is_told_with_its_path(string path, string value)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Read(("Retention:Topics:0:Pattern", "a"), (path, value)));
        Assert.StartsWith($"Fonte:{path} must be ", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    private static FonteHttpOptions Read(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        foreach (var (key, value) in settings) builder.Configuration.AddInMemoryCollection([new($"Fonte:{key}", value)]);
        builder.Services.AddFonte();
        using var provider = builder.Services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<FonteHttpOptions>>().Value;
    }
}
