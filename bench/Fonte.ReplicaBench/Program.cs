using System.Diagnostics;
using System.Globalization;
using Fonte.ReplicaBench;

// Fonte.ReplicaBench [--live] URL [EVENTS [BYTES [ROUNDS [NAME]]]]: fills a new log at the broker, then reads it by a bare consumer and follows it by a replica, in turn.
// With --live both follow while it is being filled, which is for a stand-in that keeps a few megabytes.
var isLive = args is ["--live", ..];
if (isLive) args = args[1..];
if (args is not [var url, ..])
{
    Console.Error.WriteLine("Give a broker: amqp://guest:guest@127.0.0.1:5672 or kafka://127.0.0.1:9092.");
    return 2;
}
var (events, bytes, rounds) = (Number(1, 200_000), Number(2, 200), Number(3, 3));
await using var broker = BenchBroker.Of(url, args.Length > 4 ? args[4] : $"replica-bench-{Guid.NewGuid():N}");
await broker.Log.OpenAsync(default);
await Filling.BeginAsync(broker.Log);
if (!isLive)
{
    var filling = Stopwatch.StartNew();
    await Filling.FillAsync(broker.Log, events, bytes);
    Console.WriteLine($"{events:n0} events of {bytes} bytes; produced at {events / filling.Elapsed.TotalSeconds:n0}/s");
}
Func<Task>? fill = isLive ? () => Filling.FillAsync(broker.Log, events, bytes) : null;
for (var round = 1; round <= rounds; round++)
{
    var bare = events / (await broker.ReadBareAsync(events, fill)).TotalSeconds;
    var (took, used) = await Following.RunAsync(broker, events, fill);
    var replica = events / took.TotalSeconds;
    Console.WriteLine($"round {round}: bare consumer {bare:n0}/s, replica {replica:n0}/s, ratio {replica / bare:n2}, processor {used.TotalMicroseconds / events:n1} µs an event");
}
return 0;

int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
