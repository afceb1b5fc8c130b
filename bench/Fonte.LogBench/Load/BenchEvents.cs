using System.Globalization;
using System.Text;

namespace Fonte.LogBench;

/// <summary>The events that all rows publish: 200 bytes of data, topics of one length.</summary>
internal static class BenchEvents
{
    public const int DataLength = 200;
    public const int Topics = 1_000;

    public static readonly byte[] Data = [.. Enumerable.Range(0, DataLength).Select(index => (byte)('a' + (index % 26)))];

    /// <summary>The names t-0000000 and on.</summary>
    public static string[] TopicNames(int topics) => [.. Enumerable.Range(0, topics).Select(TopicName)];

    public static string TopicName(int topic) => "t-" + topic.ToString("D7", CultureInfo.InvariantCulture);

    public static byte[] TopicBytes(int topic) => Encoding.ASCII.GetBytes(TopicName(topic));
}
