using Xunit;

namespace Fonte.Tests.Matching;

public sealed class HubUrlTests
{
    private static readonly HubUrl Hub = new("https://hub.example/.well-known/mercure");

    [Theory]
    [InlineData("/.well-known/mercure")]
    [InlineData("/.well-known/mercure/subscriptions")]
    [InlineData("https://elsewhere.example/.well-known/mercure/x")]
    [InlineData("ftp://elsewhere.example/.well-known/mercure")]
    [InlineData("foo:/.well-known/mercure/x")]
    [InlineData("/.well-known/%6Dercure/x")]
    [InlineData("/.well-known/%6dercure")]
    [InlineData("/%2ewell-known/mercure")]
    [InlineData("/a/%2e%2e/.well-known/mercure")]
    [InlineData("/.well-known/mercure/../mercure/x")]
    [InlineData("\\.well-known\\mercure\\x")]
    [InlineData("foo://h/.well-known/mercure/%2e%2e\\x")]
    [InlineData("mercure/x")]
    [InlineData("./mercure")]
    [InlineData("?x")]
    [InlineData(" ?x")]
    [InlineData("#x")]
    [InlineData(" ")]
    [InlineData("https:?x")]
    [InlineData("HTTPS:mercure")]
    public void Topic_of_the_hub_is_recognized(string topic) => Assert.True(Hub.IsOfTheHub(topic));

    [Theory]
    [InlineData("/.well-known/mercury")]
    [InlineData("/.well-known/mercurex")]
    [InlineData("/.well-known/Mercure")]
    [InlineData("/a/.well-known/mercure")]
    [InlineData("/.well-known/mercure%2Fx")]
    [InlineData("https://hub.example/?/.well-known/mercure")]
    [InlineData("urn:mercure")]
    [InlineData("mercure.example")]
    [InlineData("https://mercure")]
    [InlineData("http://[/.well-known/mercure")]
    [InlineData("*")]
    public void Other_topic_is_not(string topic) => Assert.False(Hub.IsOfTheHub(topic));

    [Fact]
    public void Topic_that_comes_again_is_resolved_alike()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var n = 0; n < 5000; n++) Assert.Equal($"/a/{n}", Hub.Resolve($"../a/{n}")!.Path);
        }
        Assert.Null(Hub.Resolve("http://["));
    }
}
