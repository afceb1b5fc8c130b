using System.CommandLine;
using System.Globalization;

namespace Fonte.Server;

/// <summary><c>fonte serve</c>: its options, each also a key under <c>Fonte</c> in appsettings.json and in the environment (<c>FONTE__…</c>).</summary>
internal static class ServeCommand
{
    internal static Command Create()
    {
        var command = new Command("serve", "Runs the hub.");
        var settings = new Dictionary<Option, Func<ParseResult, IEnumerable<KeyValuePair<string, string?>>>>();

        Text("--urls", "Urls", "Where to listen, separated by semicolons. Default: http://127.0.0.1:8000");
        Text("--data", "Data", "The folder of the log, or :memory: for none. Default: fonte-data");
        Flag("--dev", "Dev", "For development: anyone may publish and subscribe, pages of every origin may connect.");
        Flag("--anonymous-subscribe", "AnonymousSubscribe", "Whether public events need no authorization. Default: true");
        Flag("--subscriptions", "Subscriptions", "Events and an API that tell of active subscriptions. Default: false");
        Text("--resource", "Resource", "The hub's URL as its users know it: access tokens must be for it. Default: the URL of each request");
        Text("--public-urls", "PublicUrls", "Schemes and hosts under which the hub may be reached, separated by commas; a request for another gets 421. Default: every one");
        Text("--cookie-name", "CookieName", "The cookie in which browsers may present a token. Default: __Secure-mercure_access_token");
        Text("--mercure-compat", "MercureCompat", "A former version of the protocol to understand too: 0.x. It weakens authorization; see docs/mercure-0x.md.");
        Text("--event-ids", "EventIds", "How the hub's event IDs look: positions, or opaque where order and rate are a secret. Default: positions");
        Text("--synchronous", "Synchronous", "What an acknowledged event survives: Full (also a power cut) or Normal (a killed process). Default: Full");
        Text("--tls-cert", "TlsCert", "PEM file with the certificate for https addresses.");
        Text("--tls-key", "TlsKey", "PEM file with the certificate's private key.");
        Text("--broker", "Broker", "Where the log is: embedded, or rabbitmq or kafka for one that hubs share; see docs/brokers.md. Default: embedded");
        Text("--broker-url", "BrokerUrl", "The broker's address, such as amqp://user:password@127.0.0.1:5672 or kafka://one:9092,two:9092; several of RabbitMQ with commas between them. Better as FONTE__BROKERURL in the environment.");
        Text("--broker-log", "BrokerLog", "The log's name at the broker. Default: fonte");
        Duration("--hub-lease", "HubLease", "How long another hub of a broker's log counts as there without a sign of it. Default: 15s");
        Text("--cors-origins", "CorsOrigins", "Origins whose pages may connect with credentials, separated by commas.");
        Duration("--heartbeat-interval", "HeartbeatInterval", "After how long without an event a stream gets a heartbeat. Default: 15s");
        Duration("--write-timeout", "WriteTimeout", "How long a subscriber may accept nothing. Default: 60s");
        Duration("--reconnection-time", "ReconnectionTime", "After how long subscribers reconnect, spread by half. Default: 3s");
        Duration("--stream-lifetime", "StreamLifetime", "After how long a stream is ended so that its subscriber reconnects, 0 for never. Default: 0");
        Number("--drain-rate", "DrainRate", "How many streams a second are ended when the server stops. Default: 8000");
        Number("--max-body-bytes", "MaxBodyBytes", "Most bytes of a publish request. Default: 1048576");
        Number("--max-batch-bytes", "MaxBatchBytes", "Most bytes of a batch of CloudEvents. Default: 8388608");
        Number("--max-batch-events", "MaxBatchEvents", "Most events of a batch. Default: 10000");
        Number("--max-matchers", "MaxMatchers", "Most match parameters of a stream. Default: 100");
        Number("--max-topics", "Limits:MaxTopics", "Most topics of an event. Default: 100");
        Number("--max-pending-bytes", "MaxPendingBytes", "Most bytes of events that wait to be stored. Default: 67108864", long.MaxValue);
        Number("--max-subscribers", "MaxSubscribers", "Most event streams at a time, 0 for as many as the system allows. Default: 0");
        Number("--max-streams-per-address", "MaxStreamsPerAddress", "Most event streams from one address at a time, 0 for no limit. Default: 0");
        Number("--max-streams-per-subject", "MaxStreamsPerSubject", "Most event streams at a time with tokens for one subject, 0 for no limit. Default: 0");
        Number("--recent-window-bytes", "RecentWindowBytes", "Most bytes of the latest events in memory. Default: 33554432", long.MaxValue);
        Number("--memory-log-bytes", "MemoryLogBytes", "Most bytes that a log in memory keeps. Default: 67108864", long.MaxValue);
        Duration("--retention-max-age", "Retention:MaxAge", "How long events are kept, 0 for no limit. Default: 30d");
        Number("--retention-max-events", "Retention:MaxEvents", "How many events the log spans, 0 for no limit. Default: 0", long.MaxValue);
        Number("--retention-max-bytes", "Retention:MaxBytes", "Most bytes of the log on the disk, 0 for no limit. Default: 17179869184", long.MaxValue);
        Duration("--retention-interval", "Retention:Interval", "How often the log looks for what is to be dropped. Default: 10s");
        var retentionTopics = RetentionTopic.Option();
        Add(retentionTopics, parsed => RetentionTopic.Settings(parsed.GetValue(retentionTopics)!));
        Number("--ballast-bytes", "BallastBytes", "The size of a file that is given up when the disk is full, 0 for none. Default: 67108864", long.MaxValue);

        command.SetAction((parsed, cancellationToken) => Server.RunAsync(
            [.. settings.Where(setting => parsed.GetResult(setting.Key) is { Implicit: false }).SelectMany(setting => setting.Value(parsed))], cancellationToken));
        return command;

        void Text(string name, string key, string description)
        {
            var option = new Option<string?>(name) { Description = description };
            Add(option, parsed => One(key, parsed.GetValue(option)));
        }

        void Flag(string name, string key, string description)
        {
            var option = new Option<bool>(name) { Description = description };
            Add(option, parsed => One(key, parsed.GetValue(option).ToString()));
        }

        void Number(string name, string key, string description, long most = int.MaxValue)
        {
            var option = new Option<long>(name) { Description = description, CustomParser = OptionErrors.Whole(most) };
            Add(option, parsed => One(key, parsed.GetValue(option).ToString(CultureInfo.InvariantCulture)));
        }

        void Duration(string name, string key, string description)
        {
            var option = new Option<TimeSpan?>(name) { Description = description, CustomParser = Durations.Parse };
            Add(option, parsed => One(key, parsed.GetValue(option)?.ToString("c", CultureInfo.InvariantCulture)));
        }

        void Add(Option option, Func<ParseResult, IEnumerable<KeyValuePair<string, string?>>> read)
        {
            command.Options.Add(option);
            settings.Add(option, read);
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> One(string key, string? value) => [new($"Fonte:{key}", value)];
}
