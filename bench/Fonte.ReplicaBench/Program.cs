using System.Diagnostics;
using System.Globalization;
using Fonte.ReplicaBench;

// Fonte.ReplicaBench URL [EVENTS [BYTES [ROUNDS]]]: fills a new log at the broker, then reads it by a bare consumer and follows it by a replica, in turn.
if (args is not [var url, ..])
{
    Console.Error.WriteLine("Give a broker: amqp://guest:guest@127.0.0.1:5672 or kafka://127.0.0.1:9092.");
    return 2;
}
var (events, bytes, rounds) = (Number(1, 200_000), Number(2, 200), Number(3, 3));
await using var broker = BenchBroker.Of(url, $"replica-bench-{Guid.NewGuid():N}");
await broker.Log.OpenAsync(default);
var filling = Stopwatch.StartNew();
await Filling.FillAsync(broker.Log, events, bytes);
Console.WriteLine($"{events:n0} events of {bytes} bytes; produced at {events / filling.Elapsed.TotalSeconds:n0}/s");
for (var round = 1; round <= rounds; round++)
{
    var bare = events / (await broker.ReadBareAsync(events)).TotalSeconds;
    var (took, used) = await Following.RunAsync(broker, events);
    var replica = events / took.TotalSeconds;
    Console.WriteLine($"round {round}: bare consumer {bare:n0}/s, replica {replica:n0}/s, ratio {replica / bare:n2}, processor {used.TotalMicroseconds / events:n1} µs an event");
}
return 0;

int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
