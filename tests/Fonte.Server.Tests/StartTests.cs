using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Fonte.Server.Tests;

/// <summary>What cannot start says why in one sentence, and ends with 2.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("serve --foo", "--foo")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("serve --urls nope", "'nope' in --urls is not an address")]
    [InlineData("serve --urls http://example.com:9510", "'example.com' in --urls is not an address of this machine")]
    [InlineData("serve --urls ftp://127.0.0.1:1", "--urls")]
    [InlineData("serve --urls http://127.0.0.1:99999", "--urls")]
    [InlineData("serve --urls https://127.0.0.1:0", "--tls-cert")]
    [InlineData("serve --tls-cert only.pem", "--tls-key")]
    [InlineData("serve --urls https://127.0.0.1:0 --tls-cert no.pem --tls-key no.pem", "no.pem")]
    [InlineData("serve --heartbeat-interval NaN", "--heartbeat-interval: 'NaN' is not a duration")]
    [InlineData("serve --retention-topic a=max-age:NaN", "--retention-topic")]
    [InlineData("serve --heartbeat-interval 3x", "--heartbeat-interval: '3x' is not a duration")]
    [InlineData("serve --heartbeat-interval 1ms --data :memory:", "Fonte:HeartbeatInterval")]
    [InlineData("serve --max-matchers many", "--max-matchers: 'many' is not a whole number")]
    [InlineData("serve --max-body-bytes -1", "--max-body-bytes: '-1' is not a whole number")]
    [InlineData("serve --max-body-bytes 99999999999", "--max-body-bytes: '99999999999' is not a whole number from 0 to 2147483647")]
    [InlineData("serve --max-pending-bytes 99999999999 --max-matchers 0 --data :memory:", "Fonte:MaxMatchers must be 1 or more")]
    [InlineData("serve --max-batch-bytes 0 --data :memory:", "Fonte:MaxBatchBytes must be 1 or more")]
    [InlineData("serve --max-batch-events 0 --data :memory:", "Fonte:MaxBatchEvents must be 1 or more")]
    [InlineData("serve --retention-max-age 3y", "--retention-max-age: '3y' is not a duration")]
    [InlineData("serve --retention-max-age 999999999h", "--retention-max-age: '999999999h' is not a duration")]
    [InlineData("serve --retention-max-events -1", "--retention-max-events: '-1' is not a whole number")]
    [InlineData("serve --retention-max-bytes 1GB", "--retention-max-bytes: '1GB' is not a whole number")]
    [InlineData("serve --retention-interval 1ms --data :memory:", "Fonte:Retention:Interval must be between 100 milliseconds and 1 day")]
    [InlineData("serve --ballast-bytes much", "--ballast-bytes: 'much' is not a whole number")]
    [InlineData("serve --retention-topic a", "--retention-topic: 'a' is not a rule; write it like 'sensors/*=max-age:1h,keep-last:10'")]
    [InlineData("serve --retention-topic a=", "--retention-topic: 'a=' is not a rule")]
    [InlineData("serve --retention-topic =max-age:1h", "--retention-topic: '=max-age:1h' is not a rule")]
    [InlineData("serve --retention-topic a=max-age", "--retention-topic: 'a=max-age' is not a rule")]
    [InlineData("serve --retention-topic a=max-age:1x", "--retention-topic: 'a=max-age:1x' is not a rule")]
    [InlineData("serve --retention-topic a=keep-last:-1", "--retention-topic: 'a=keep-last:-1' is not a rule")]
    [InlineData("serve --retention-topic a=keep-last:1,keep-last:2", "--retention-topic: 'a=keep-last:1,keep-last:2' is not a rule")]
    [InlineData("serve --retention-topic a=keep-last:1 --retention-topic b", "--retention-topic: 'b' is not a rule")]
    [InlineData("serve --retention-topic a*b=keep-last:1 --data :memory:", "Fonte:Retention:Topics:0:Pattern must be a topic")]
    [InlineData("serve --retention-topic a=keep-last:1 --retention-topic https://b/?c=d=keep-last:1001 --data :memory:", "Fonte:Retention:Topics:1:KeepLast must be between 0 (no limit) and 1000")]
    [InlineData("subscribe --match a --since yesterday", "--since: 'yesterday' is not a time")]
    [InlineData("subscribe --match a --since 2026-05-01T12:00:00", "--since: '2026-05-01T12:00:00' is not a time")]
    [InlineData("publish --topic a --idempotency-key ", "An idempotency key is 1 to 255 printable ASCII characters")]
    [InlineData("bench --subscribers many", "--subscribers: 'many'")]
    [InlineData("subscribe --match ", "--match: A topic must not be empty")]
    [InlineData("publish --topic ", "--topic: A topic must not be empty")]
    [InlineData("serve --max-matchers 0 --data :memory:", "Fonte:MaxMatchers must be 1 or more")]
    [InlineData("serve --synchronous Off --data :memory:", "Fonte:Synchronous: 'Off' must be Full or Normal")]
    [InlineData("serve --anonymous-subscribe perhaps", "perhaps")]
    [InlineData("serve --broker carrier-pigeon", "carrier-pigeon")]
    [InlineData("serve --broker rabbitmq", "needs --broker-url, such as amqp://")]
    [InlineData("serve --broker rabbitmq --broker-url http://127.0.0.1:5672", "A RabbitMQ URL is like amqp://")]
    [InlineData("serve --broker rabbitmq --broker-url amqp://127.0.0.1:1", "Fonte:ClusterKey must have 32 bytes or more")]
    [InlineData("serve --broker rabbitmq --broker-url amqp://127.0.0.1:5672,127.0.0.1:5673", "A RabbitMQ URL is like amqp://")]
    [InlineData("serve --broker kafka", "needs --broker-url, such as kafka://")]
    [InlineData("serve --broker kafka --broker-url 127.0.0.1:9092", "A Kafka URL begins with kafka://")]
    [InlineData("serve --broker kafka --broker-url kafka://127.0.0.1:1 --data :memory:", "Fonte:Data must be a folder")]
    [InlineData("serve --broker-url amqp://127.0.0.1", "the embedded log has none")]
    [InlineData("serve --cors-origins example.com", "'example.com' in --cors-origins is not an origin")]
    [InlineData("serve --public-urls example.com --data :memory:", "Fonte:PublicUrls:0 must be a scheme and a host")]
    [InlineData("serve --public-urls https://a.example,https://b.example/hub --data :memory:", "Fonte:PublicUrls:1 must be a scheme and a host")]
    [InlineData("serve --data /proc/fonte", "/proc/fonte")]
    [InlineData("serve --data /dev/null/fonte", "/dev/null/fonte")]
    [InlineData("publish --data x", "--topic")]
    [InlineData("publish --url nope --topic a", "'nope' is not the address of a hub")]
    [InlineData("bench --url http://192.0.2.1:8000", "loopback")]
    [InlineData("bench --subscribers 0", "--subscribers")]
    public async Task Wrong_call_is_told_in_one_sentence(string call, string expected) => await AssertRefusedAsync(call.Split(' '), expected);

    [Theory]
    [InlineData("MAXBODYBYTES", "much", "Fonte:MaxBodyBytes: 'much' is not a whole number up to 2147483647.")]
    [InlineData("MAXBODYBYTES", "99999999999", "Fonte:MaxBodyBytes: '99999999999' is not a whole number up to 2147483647.")]
    [InlineData("DEV", "perhaps", "Fonte:Dev: 'perhaps' is neither true nor false.")]
    [InlineData("HEARTBEATINTERVAL", "15s", "Fonte:HeartbeatInterval: '15s' is not a duration; write it like 00:00:15.")]
    [InlineData("RETENTION__TOPICS__0__MAXAGE", "1h", "Fonte:Retention:Topics:0:MaxAge: '1h' is not a duration; write it like 00:00:15.")]
    [InlineData("RETENTION__TOPICS__0__KEEPLAST", "ten", "Fonte:Retention:Topics:0:KeepLast: 'ten' is not a whole number up to 2147483647.")]
    [InlineData("RETENTION__TOPICS__0__KEEPLAST", "10", "Fonte:Retention:Topics:0:Pattern must be a topic, or the beginning of topics and then *, without control or format characters.")]
    public async Task Wrong_value_in_the_environment_is_told_in_one_sentence(string name, string value, string expected)
    {
        var ended = await Tool.RunAsync(["serve", "--data", ":memory:"], new Dictionary<string, string> { ["FONTE__" + name] = value });
        Assert.Equal((2, "fonte: " + expected), (ended.ExitCode, ended.Errors));
    }

    [Theory]
    [InlineData("http://localhost:0")]
    [InlineData("http://[::1]:0;http://[::]:0")]
    [InlineData("http://*:0;http://+:0;http://0.0.0.0:0")]
    public async Task Addresses_of_this_machine_are_accepted(string urls)
    {
        // The folder refuses the start, after the addresses were checked.
        await AssertRefusedAsync(["serve", "--urls", urls, "--data", "/proc/fonte"], "/proc/fonte");
    }

    [Fact]
    public async Task Port_in_use_is_told_in_one_sentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://{other.LocalEndpoint}";
        await AssertRefusedAsync(["serve", "--urls", url, "--data", _folder.Path], "already in use");
    }

    [Fact]
    public async Task Log_in_use_is_told_in_one_sentence()
    {
        await using var first = await RunningServer.StartAsync(_folder.Path);
        await AssertRefusedAsync(["serve", "--urls", "http://127.0.0.1:0", "--data", _folder.Path], "in use by another server");
    }

    [Fact]
    public async Task Foreign_file_as_the_log_is_told_by_name_and_left_untouched()
    {
        var file = _folder.File("fonte.db");
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["serve", "--urls", "http://127.0.0.1:0", "--data", _folder.Path], file);
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(new string('x', 5000))), SHA256.HashData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Corrupt_log_is_told_by_name_and_left_untouched()
    {
        await using (var server = await RunningServer.StartAsync(_folder.Path))
        {
            for (var n = 0; n < 50; n++) await server.PublishAsync("a", $"find-me-{n:00}");
            server.Tool.Signal(RunningServer.Terminate);
            await server.Tool.EndAsync();
        }
        var file = _folder.File("fonte.db");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("find-me-49"u8)] ^= 0x20;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["serve", "--urls", "http://127.0.0.1:0", "--data", _folder.Path], file);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Help_names_the_commands()
    {
        var ended = await Tool.RunAsync(["help"]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.All(["fonte [command]", "serve", "publish", "subscribe", "bench"], word => Assert.Contains(word, ended.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Options_come_from_the_settings_file_and_the_environment_too()
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), """{"Fonte":{"Dev":true,"Urls":"http://127.0.0.1:0","MaxBodyBytes":20}}""", TestContext.Current.CancellationToken);
        await using var tool = Tool.StartProgram("Fonte.Server", ["serve"], new Dictionary<string, string> { ["FONTE__DATA"] = ":memory:" }, _folder.Path);
        var line = await tool.LineAsync("Now listening on: ");
        using var http = new HttpClient();
        var hub = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..] + "/.well-known/mercure");
        using var small = await http.PostAsync(hub, new StringContent("topic=a", null, "application/x-www-form-urlencoded"), TestContext.Current.CancellationToken);
        using var large = await http.PostAsync(hub, new StringContent("topic=a&data=123456789", null, "application/x-www-form-urlencoded"), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge), (small.StatusCode, large.StatusCode));
        Assert.False(Directory.Exists(_folder.File("fonte-data")));
    }

    [Fact]
    public async Task Origins_of_the_environment_replace_those_of_the_settings_file()
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), """{"Fonte":{"CorsOrigins":"https://a.example,https://b.example"}}""", TestContext.Current.CancellationToken);
        await using var tool = Tool.StartProgram("Fonte.Server", ["serve", "--urls", "http://127.0.0.1:0", "--data", ":memory:"],
            new Dictionary<string, string> { ["FONTE__CORSORIGINS"] = "https://c.example" }, _folder.Path);
        var line = await tool.LineAsync("Now listening on: ");
        using var http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]) };
        Assert.Equal(["https://c.example"], await AllowedAsync("https://a.example", "https://b.example", "https://c.example"));

        async Task<List<string>> AllowedAsync(params string[] origins)
        {
            var allowed = new List<string>();
            foreach (var origin in origins)
            {
                using var request = new HttpRequestMessage(HttpMethod.Options, "/.well-known/mercure") { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "GET" } } };
                using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
                if (response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values)) allowed.AddRange(values);
            }
            return allowed;
        }
    }

    [Fact]
    public async Task Origins_as_a_list_are_refused_rather_than_merged()
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), """{"Fonte":{"CorsOrigins":["https://a.example"]}}""", TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["serve", "--data", ":memory:"], "Fonte:CorsOrigins", folder: _folder.Path);
    }

    [Fact]
    public async Task Rules_of_topics_come_from_the_settings_file_too()
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), """{"Fonte":{"Retention":{"Topics":[{"Pattern":"a","KeepLast":1},{"Pattern":"b","KeepLast":1001}]}}}""", TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["serve", "--data", ":memory:"], "Fonte:Retention:Topics:1:KeepLast must be between 0 (no limit) and 1000", folder: _folder.Path);
    }

    [Fact]
    public async Task Rules_of_topics_in_two_places_are_refused_rather_than_merged()
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), """{"Fonte":{"Retention":{"Topics":[{"Pattern":"a","MaxAge":"01:00:00"}]}}}""", TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["serve", "--data", ":memory:", "--retention-topic", "b=keep-last:1"], "--retention-topic and Fonte:Retention:Topics in the settings exclude each other", folder: _folder.Path);
    }

    [Theory]
    [InlineData("{\"Fonte\":")]
    [InlineData("Fonte=1")]
    [InlineData("")]
    public async Task Malformed_settings_file_is_told_by_name(string content)
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), content, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(["serve", "--data", ":memory:"], _folder.File("appsettings.json"), folder: _folder.Path);
    }

    [Fact]
    public async Task Server_watches_no_folder()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        var watches = Directory.GetFiles($"/proc/{server.Tool.Id}/fdinfo").SelectMany(ReadIfOpen).Where(line => line.StartsWith("inotify", StringComparison.Ordinal));
        Assert.Empty(watches);

        static string[] ReadIfOpen(string file)
        {
            try
            {
                return File.ReadAllLines(file);
            }
            catch (IOException)
            {
                return [];
            }
        }
    }

    private static async Task AssertRefusedAsync(string[] call, string expected, string? folder = null)
    {
        var ended = await Tool.RunAsync(call, folder: folder);
        Assert.Equal(2, ended.ExitCode);
        var sentence = Assert.Single(ended.Errors.Split('\n'));
        Assert.StartsWith("fonte: ", sentence, StringComparison.Ordinal);
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.EndsWith(".", sentence, StringComparison.Ordinal);
    }
}
