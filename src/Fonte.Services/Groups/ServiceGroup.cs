namespace Fonte.Services;

/// <summary>A group of all that is known where services work over a broker: whoever starts first makes the queues of all, so that none misses anything.</summary>
/// <param name="Name">Its name, such as that of the service.</param>
/// <param name="Types">The types of CloudEvents that it receives.</param>
public sealed record ServiceGroup(string Name, IReadOnlyList<string> Types);
