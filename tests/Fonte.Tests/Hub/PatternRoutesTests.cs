using CsCheck;
using Xunit;

namespace Fonte.Tests.Hub;

public sealed class PatternRoutesTests
{
    private static readonly TopicPatterns Patterns = new(new("https://hub.example/.well-known/mercure"));

    private static readonly string[] Expressions =
    [
        "/:a", "/:a/:b", "/a/:b", "/a/*", "/a{/*}?", "/a/b{/c}*", "/:x/b", "/a/b", "/*/c", "/a/x:b", "/(a|b)/:c", "https://other.example/*", "https://*/a/b", "urn:*", "/a/{:b/}?c",
        "https://:sub.example/a", "/a/:b?", "*", "/a//b", "/a/b/c/d{/e}?", "/:a+", "/c{/}?",
    ];

    // Beside patterns, and some of them equal to one.
    private static readonly string[] Selectors = ["/a/{b}", "/a{/b}", "{/a}/b{/c}", "/a{/b}c", "{+a}", "https://other.example/{a}", "/{a}/b/c", "/a{/b}{/c}", "/a/{:b/}?c", "urn:{x}", "/{a}", "{a}"];

    private static readonly string[] Topics =
    [
        "/a", "/b", "/a/b", "/a/c", "/b/c", "/a/b/c", "/a/b/c/c", "/a/xyz", "https://other.example/", "https://other.example/a/b", "urn:x", "https://hub.example/a/b", "https://w.example/a",
        "/a/b/c/d/e", "/a//b", "/c/", "/c", "a", "http://[", "/a/", "/a{/b}", "/a{/b}{/c}", "{/a}/b{/c}", "/{a}/b/c", "{+a}", "urn:{x}",
    ];

    [Fact]
    public void Patterns_that_come_and_go_are_found_as_if_each_topic_were_compared_with_all() =>
        Gen.Select(Gen.Int[0, Expressions.Length + Selectors.Length - 1], Gen.Int[0, 3], Gen.Int[0, Topics.Length - 1]).Array[1, 200].Sample(steps =>
        {
            // So small that topics are dropped and looked at anew.
            var routes = new TopicRoutes(cacheBytes: 4096);
            var subscribers = new List<Subscriber>();
            foreach (var (expression, kind, topic) in steps)
            {
                if (kind == 0) Attach(expression < Expressions.Length ? Patterns.Of(Expressions[expression]).Matcher! : Patterns.OfSelector(Selectors[expression - Expressions.Length]).Matcher!);
                else if (kind == 1 && subscribers.Count > 0) Detach(expression % subscribers.Count);
                else AssertFound(Topics[topic]);
            }
            foreach (var topic in Topics) AssertFound(topic);

            void Attach(TopicMatcher matcher)
            {
                var subscriber = new Subscriber(new SubscribeRequest { Matchers = [matcher] }, new(1, null), new PipeOutput(new System.IO.Pipelines.Pipe().Writer), 0);
                routes.Add(subscriber);
                subscribers.Add(subscriber);
            }

            void Detach(int index)
            {
                routes.Remove(subscribers[index]);
                subscribers.RemoveAt(index);
            }

            void AssertFound(string topic)
            {
                var found = new List<Subscriber>();
                foreach (var list in (IEnumerable<RouteList>)[routes.Wildcard, .. routes.Patterns(topic)])
                {
                    for (var i = 0; i < list.Count; i++) found.Add(list[i]);
                }
                var expected = subscribers.Where(subscriber => subscriber.Matchers[0].Matches(topic)).ToList();
                Assert.Equal(expected.Count, found.Count);
                Assert.Equal(expected.ToHashSet(), found.ToHashSet());
            }
        }, iter: 500);

    [Fact]
    public void New_topic_is_compared_with_few_of_many_patterns()
    {
        var routes = new PatternRoutes(1 << 20);
        for (var n = 0; n < 10_000; n++)
        {
            var route = routes.ListOf(Patterns.Of($"/users/:id/items/{n}{{/*}}?").Matcher!);
            route.Add(new(new(new() { Matchers = [TopicMatcher.Wildcard] }, new(1, null), new PipeOutput(new System.IO.Pipelines.Pipe().Writer), 0), "", route));
            Assert.Equal(n.ToString(System.Globalization.CultureInfo.InvariantCulture), route.Token);
        }
        Assert.Equal("/users/:id/items/4711{/*}?", Assert.Single(routes.Find("/users/42/items/4711/parts")).Matcher!.Pattern);
        Assert.Empty(routes.Find("/users/42/items/47110"));
    }

    [Fact]
    public void New_topic_is_compared_with_few_of_many_templates()
    {
        var routes = new PatternRoutes(1 << 20);
        for (var n = 0; n < 10_000; n++)
        {
            var route = routes.ListOf(Patterns.OfSelector($"/users/{{id}}/items/{n}{{/parts*}}").Matcher!);
            route.Add(new(new(new() { Matchers = [TopicMatcher.Wildcard] }, new(1, null), new PipeOutput(new System.IO.Pipelines.Pipe().Writer), 0), "", route));
            Assert.Equal(n.ToString(System.Globalization.CultureInfo.InvariantCulture), route.Token);
        }
        Assert.Equal("/users/{id}/items/4711{/parts*}", Assert.Single(routes.Find("/users/42/items/4711/parts")).Matcher!.Pattern);
        Assert.Empty(routes.Find("/users/42/items/47110"));
    }
}
