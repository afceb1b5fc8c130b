using System.Runtime.InteropServices;
using System.Text;

namespace Fonte.KafkaStandIn;

/// <summary>librdkafka's mock cluster (<c>rdkafka_mock.h</c>): it speaks Kafka's protocol, and keeps the last 5 MB of each partition in memory.</summary>
internal sealed partial class MockCluster : IDisposable
{
    // The build of the package that needs least of the system: Debian 12 has no libsasl2 of the version that the other wants.
    private const string Library = "centos8-librdkafka";
    private const int Producer = 0;
    private const int AllBrokers = -1;
    private readonly int _brokers;
    private readonly nint _client;
    private readonly nint _cluster;

    internal MockCluster(int brokers)
    {
        _brokers = brokers;
        Span<byte> error = stackalloc byte[512];
        // It would say that it has no brokers to connect to.
        var settings = SettingsNew();
        SettingsSet(settings, "log_level", "0", 0, 0);
        _client = New(Producer, settings, ref MemoryMarshal.GetReference(error), error.Length);
        if (_client == 0) throw new InvalidOperationException(Encoding.UTF8.GetString(error[..error.IndexOf((byte)0)]));
        _cluster = ClusterNew(_client, brokers);
        Bootstraps = Marshal.PtrToStringUTF8(ClusterBootstraps(_cluster))!;
    }

    internal string Bootstraps { get; }

    internal string CreateTopic(string name, int partitions) => Said(TopicCreate(_cluster, name, partitions, Math.Min(_brokers, 3)));

    internal string DeleteTopic(string name) => Said(TopicDelete(_cluster, name));

    internal string DeleteRecords(string name, long below) => Said(PartitionDeleteRecords(_cluster, name, 0, below));

    internal string SetDown(bool down, int broker = AllBrokers) => Said(down ? BrokerSetDown(_cluster, broker) : BrokerSetUp(_cluster, broker));

    /// <summary>The next requests of this kind are answered by these errors, one after the other.</summary>
    internal string Fail(short request, int[] errors)
    {
        PushRequestErrors(_cluster, request, (nuint)errors.Length, errors);
        return Said(0);
    }

    public void Dispose()
    {
        ClusterDestroy(_cluster);
        Destroy(_client);
    }

    private static string Said(int error) => error == 0 ? "ok" : Marshal.PtrToStringUTF8(ErrorText(error))!;

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint SettingsNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SettingsSet(nint settings, string name, string value, nint error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint settings, ref byte error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_err2str")]
    private static partial nint ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint ClusterNew(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void ClusterDestroy(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint ClusterBootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(nint cluster, string name, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_delete", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicDelete(nint cluster, string name);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_delete_records", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PartitionDeleteRecords(nint cluster, string name, int partition, long below);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int BrokerSetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int BrokerSetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void PushRequestErrors(nint cluster, short request, nuint count, int[] errors);
}
