namespace Fonte;

/// <summary>A subscription's place in the routes: one matcher of one subscriber.</summary>
internal sealed class Route(Subscriber subscriber, string key, RouteList list)
{
    internal Subscriber Subscriber { get; } = subscriber;
    internal string Key { get; } = key;
    internal RouteList List { get; } = list;
    internal int Index { get; set; }
}
