using System.Text.Json.Nodes;
using Xunit;

namespace Fonte.Broker.Tests;

public sealed class SetAsideRecordsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-aside").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_stay_as_small_as_they_may_be_and_hold_the_newest()
    {
        const int most = 20_000;
        var aside = new SetAsideRecords(_folder, most);
        for (var n = 0; n < 200; n++) aside.Add(new(n, [new("topic", new byte[] { 0xFF, (byte)n })], new byte[1000]), "a fault", DateTimeOffset.UnixEpoch);
        var files = new DirectoryInfo(_folder).GetFiles();
        Assert.Equal([SetAsideRecords.FormerName, SetAsideRecords.FileName], files.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.InRange(files.Sum(file => file.Length), most / 4, most);
        var offsets = new[] { SetAsideRecords.FormerName, SetAsideRecords.FileName }
            .SelectMany(name => File.ReadAllLines(Path.Combine(_folder, name))).Select(line => JsonNode.Parse(line)!["offset"]!.GetValue<int>()).ToList();
        Assert.Equal(Enumerable.Range(200 - offsets.Count, offsets.Count), offsets);
    }
}
