using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Fonte.Browser.Tests.Demo;

public sealed class DemoTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sigterm_with_an_open_event_stream_ends_the_stream_and_the_process_within_5_s()
    {
        await using var demo = await DemoProcess.StartAsync("--urls", DemoProcess.AnyPort, "--data", ":memory:");
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(demo.Address, "/data"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.NotNull(await reader.ReadLineAsync(Cancellation));

        var exitCode = await demo.TerminateAsync(within: TimeSpan.FromSeconds(5));

        Assert.Equal(0, exitCode);
        // Throws when the connection was cut instead of ended.
        await reader.ReadToEndAsync(Cancellation);
    }

    [Fact]
    public async Task Port_in_use_is_one_sentence_and_exit_code_2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";

        var (exitCode, errors) = await DemoProcess.RunToEndAsync("--urls", address, "--data", ":memory:");

        Assert.Equal(2, exitCode);
        Assert.Equal($"The address {address} is already in use: stop the program that uses it, or choose another with --urls.", errors);
    }

    [Fact]
    public async Task Data_folder_that_is_a_file_is_one_sentence_that_names_it_and_exit_code_2()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (exitCode, errors) = await DemoProcess.RunToEndAsync("--urls", DemoProcess.AnyPort, "--data", file);

            Assert.Equal(2, exitCode);
            Assert.Contains(file, errors, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--urls", "nonsense")]
    [InlineData("--urls", "")]
    [InlineData("--urls", "http://127.0.0.1:99999")]
    [InlineData("--data", "")]
    [InlineData("--data")]
    [InlineData("--dev=yes")]
    [InlineData("--port", "8000")]
    public async Task Wrong_option_is_one_sentence_that_names_it_and_exit_code_2(params string[] arguments)
    {
        var (exitCode, errors) = await DemoProcess.RunToEndAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Contains(arguments[0].Split('=')[0], errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
    }

    [Fact]
    public async Task Publishing_without_dev_is_refused()
    {
        await using var demo = await DemoProcess.StartAsync("--urls", DemoProcess.AnyPort, "--data", ":memory:");
        using var http = new HttpClient { BaseAddress = demo.Address };
        using var form = new FormUrlEncodedContent([new("topic", "clock"), new("data", "never")]);

        using var response = await http.PostAsync(new Uri("/.well-known/mercure", UriKind.Relative), form, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "localhost")]
    public async Task Started_says_what_to_open_in_a_browser(string listen, string open)
    {
        await using var demo = await DemoProcess.StartAsync("--urls", $"http://{listen}:0", "--data", ":memory:");

        Assert.Equal($"http://{open}:{demo.Address.Port}", await demo.Invitation);
    }

    [Fact]
    public async Task Without_dev_no_page_of_another_origin_may_read_the_hub_and_no_folder_is_watched()
    {
        await using var demo = await DemoProcess.StartAsync("--urls", DemoProcess.AnyPort, "--data", ":memory:");
        using var http = new HttpClient { BaseAddress = demo.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/mercure?match=clock") { Headers = { { "Origin", "null" } } };

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.True(response.IsSuccessStatusCode);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.Ordinal));
        Assert.DoesNotContain("anon_inode:inotify", demo.Descriptors);
    }
}
