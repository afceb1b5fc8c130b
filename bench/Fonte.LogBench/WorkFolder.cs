namespace Fonte.LogBench;

/// <summary>A new folder below the data folder, deleted when its row is done.</summary>
internal sealed class WorkFolder : IDisposable
{
    public WorkFolder(LogBenchOptions options, string name)
    {
        Path = System.IO.Path.Combine(options.Data, $"{name}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
