namespace Fonte.AspNetCore;

/// <summary>Makes the connection to the log that this hub shares with others.</summary>
internal sealed class SharedLogSource(Func<IServiceProvider, ISharedLog> connect)
{
    internal ISharedLog Connect(IServiceProvider services) => connect(services);
}
