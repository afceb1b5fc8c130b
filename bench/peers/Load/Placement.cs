namespace Fonte.PeerBench;

/// <summary>On which processors the server and the load run.</summary>
/// <param name="Name">As the results say it.</param>
/// <param name="ServerCores">As <c>taskset</c> has it; <see langword="null"/> for all.</param>
/// <param name="LoadCores">Likewise.</param>
internal sealed record Placement(string Name, string? ServerCores, string? LoadCores)
{
    public static readonly Placement Split = new("server on one core, load on the other", "0", "1");
    public static readonly Placement Free = new("both on all cores", null, null);
}
