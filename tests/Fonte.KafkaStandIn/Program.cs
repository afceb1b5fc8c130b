using Fonte.KafkaStandIn;

// Brokers on loopback until the input ends. The first line of the output is where they are; each line of the input is a command, answered by "ok" or by what is wrong.
var brokers = args is [var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 3;
using var cluster = new MockCluster(brokers);
Console.WriteLine(cluster.Bootstraps);
while (Console.ReadLine() is { } line)
{
    var words = line.Split(' ');
    Console.WriteLine(words switch
    {
        ["topic", var name, var partitions] => cluster.CreateTopic(name, int.Parse(partitions, System.Globalization.CultureInfo.InvariantCulture)),
        ["delete", var name] => cluster.DeleteTopic(name),
        ["trim", var name, var below] => cluster.DeleteRecords(name, long.Parse(below, System.Globalization.CultureInfo.InvariantCulture)),
        ["down"] => cluster.SetDown(true),
        ["up"] => cluster.SetDown(false),
        ["down", var broker] => cluster.SetDown(true, int.Parse(broker, System.Globalization.CultureInfo.InvariantCulture)),
        ["up", var broker] => cluster.SetDown(false, int.Parse(broker, System.Globalization.CultureInfo.InvariantCulture)),
        ["fail", var request, .. var errors] => cluster.Fail(short.Parse(request, System.Globalization.CultureInfo.InvariantCulture), [.. errors.Select(error => int.Parse(error, System.Globalization.CultureInfo.InvariantCulture))]),
        _ => $"'{line}' is no command.",
    });
}
