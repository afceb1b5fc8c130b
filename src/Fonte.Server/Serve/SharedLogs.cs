using Fonte.AspNetCore;
using Fonte.Kafka;
using Fonte.RabbitMQ;
using Microsoft.Extensions.Options;

namespace Fonte.Server;

/// <summary>The brokers on which the log may be: their options checked, and the connection made.</summary>
internal static class SharedLogs
{
    // Kafka's limit for the name of a topic is 249.
    private const int LongestName = 200;

    /// <summary>Refuses what the broker of the options cannot be reached by.</summary>
    internal static void Check(ServeOptions options)
    {
        switch (options.Broker)
        {
            case ServeOptions.EmbeddedBroker:
                if (options.BrokerUrl is not null) throw Wrong("--broker-url is for a broker; the embedded log has none.");
                return;
            case ServeOptions.RabbitMqBroker:
                if (options.BrokerUrl is null) throw Wrong("--broker rabbitmq needs --broker-url, such as amqp://user:password@127.0.0.1:5672.");
                Parsed(() => RabbitMqLogOptions.Parse(options.BrokerUrl));
                break;
            case ServeOptions.KafkaBroker:
                if (options.BrokerUrl is null) throw Wrong("--broker kafka needs --broker-url, such as kafka://one:9092,two:9092.");
                Parsed(() => KafkaLogOptions.Parse(options.BrokerUrl, options.BrokerLog));
                break;
            default:
                throw Wrong($"The broker '{options.Broker}' is not one this version knows; use embedded, rabbitmq or kafka.");
        }
        if (options.BrokerLog.Length is 0 or > LongestName) throw Wrong($"--broker-log must be a name of 1 to {LongestName} characters.");
    }

    /// <summary>Has the hub share its log, unless the log is embedded.</summary>
    internal static void Use(IFonteBuilder fonte, ServeOptions options)
    {
        if (options.Broker == ServeOptions.RabbitMqBroker) fonte.UseSharedLog(services => ConnectRabbitMq(RetentionOf(services), options));
        else if (options.Broker == ServeOptions.KafkaBroker) fonte.UseSharedLog(services => ConnectKafka(RetentionOf(services), options));
    }

    // What the broker keeps, if the log is made here, is what the options would have the embedded log keep.
    private static RetentionOptions RetentionOf(IServiceProvider services) => services.GetRequiredService<IOptions<FonteHttpOptions>>().Value.Retention;

    private static RabbitMqLog ConnectRabbitMq(RetentionOptions retention, ServeOptions options) =>
        new(new() { Urls = RabbitMqLogOptions.Parse(options.BrokerUrl!), Name = options.BrokerLog, MaxAge = retention.MaxAge, MaxBytes = retention.MaxBytes });

    private static KafkaLog ConnectKafka(RetentionOptions retention, ServeOptions options)
    {
        var where = KafkaLogOptions.Parse(options.BrokerUrl!, options.BrokerLog);
        return new(new() { Servers = where.Servers, Topic = where.Topic, Settings = where.Settings, MaxAge = retention.MaxAge, MaxBytes = retention.MaxBytes });
    }

    private static void Parsed(Func<object> parse)
    {
        try
        {
            parse();
        }
        catch (FormatException exception)
        {
            throw Wrong(exception.Message);
        }
    }

    private static CommandException Wrong(string sentence) => new(sentence, FonteCommand.CannotStart);
}
