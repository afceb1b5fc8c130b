namespace Fonte.Server;

/// <summary>Log scopes that are not kept: the console does not show them, and Kestrel's took 120 bytes a connection.</summary>
internal sealed class NoLogScopes : IExternalScopeProvider, IDisposable
{
    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
    }

    public IDisposable Push(object? state) => this;

    public void Dispose()
    {
    }
}
