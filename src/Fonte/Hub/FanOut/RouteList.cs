namespace Fonte;

/// <summary>Subscriptions with the same matcher. Removal is constant in time: the last one takes the place.</summary>
internal class RouteList
{
    private readonly List<Route> _routes = [];

    internal int Count => _routes.Count;

    internal Subscriber this[int index] => _routes[index].Subscriber;

    internal void Add(Route route)
    {
        route.Index = _routes.Count;
        _routes.Add(route);
    }

    internal void Remove(Route route)
    {
        var last = _routes[^1];
        _routes[route.Index] = last;
        last.Index = route.Index;
        _routes.RemoveAt(_routes.Count - 1);
    }
}
