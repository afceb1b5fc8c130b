using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Fonte.AspNetCore;
using Fonte.Client;
using Fonte.Server.Tests;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Fonte.Broker.Tests.Orders;

/// <summary>A hub and the four services of the sample, each a process of its own that may be killed, and the customers.</summary>
internal sealed class OrderPipeline : IAsyncDisposable
{
    internal static readonly string[] Roles = ["order", "payment", "stock", "notification"];

    private const string Secret = "a secret of thirty-two bytes or more, of the orders";
    private const string Issuer = "https://orders.example";
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-orders").FullName;
    private readonly string[] _transport;
    private readonly Dictionary<string, List<Tool>> _running = Roles.ToDictionary(role => role, _ => new List<Tool>());
    // Of two instances at most, as a load balancer would know them.
    private readonly Uri[] _orders = [new($"http://127.0.0.1:{FreePort()}"), new($"http://127.0.0.1:{FreePort()}")];
    private int _instances = 1;
    private int _turn;
    private readonly HttpClient _http = new();
    private readonly Dictionary<string, string> _hubSettings = new()
    {
        ["FONTE__ISSUERS__0__ISSUER"] = Issuer,
        ["FONTE__ISSUERS__0__SECRET"] = Secret,
        ["FONTE__BALLASTBYTES"] = "0",
        ["FONTE__RECONNECTIONTIME"] = "00:00:00.2",
    };

    private RunningServer _hub = null!;

    private OrderPipeline(string[] transport) => _transport = transport;

    private static CancellationToken Stop => TestNode.Stop;

    internal static async Task<OrderPipeline> StartAsync(params string[] transport)
    {
        var pipeline = new OrderPipeline(transport);
        await pipeline.StartHubAsync("http://127.0.0.1:0");
        foreach (var role in Roles) pipeline.Start(role);
        foreach (var role in Roles) await pipeline._running[role][0].LineAsync("ready ");
        return pipeline;
    }

    internal string Token(string customer) => Tokens().Issue(new() { Subject = customer, Subscribe = [new($"orders/customers/{customer}")] });

    internal string OperatorToken() => Tokens().Issue(new() { Subject = "operator", Subscribe = [new("*")], Publish = [new("*")] });

    internal FonteClient Client(string token) => new(_http, new()
    {
        HubUrl = _hub.Hub,
        MinimumReconnectionTime = TimeSpan.FromMilliseconds(20),
        MaximumReconnectionTime = TimeSpan.FromMilliseconds(500),
        AccessToken = _ => new(token),
    });

    /// <summary>Starts one more instance.</summary>
    internal void Start(string role)
    {
        if (role == "order") _instances = Math.Max(_instances, _running[role].Count + 1);
        string[] urls = role == "order" ? ["--urls", _orders[_running[role].Count].ToString()] : [];
        var environment = new Dictionary<string, string> { ["ORDERS_SECRET"] = Secret, ["ORDERS_CHILD"] = "1" };
        _running[role].Add(Tool.StartAssembly("Orders", "Fonte.Samples.Orders", [role, "--hub", _hub.Hub.ToString(), "--data", Path.Combine(_folder, "services"), .. urls, .. _transport], environment));
    }

    /// <summary>Kills the oldest instance as <c>kill -9</c> does it.</summary>
    internal async Task KillAsync(string role)
    {
        var tool = _running[role][0];
        _running[role].RemoveAt(0);
        tool.Signal(RunningServer.KillNine);
        await tool.EndAsync();
        await tool.DisposeAsync();
    }

    internal async Task KillHubAsync()
    {
        _hub.Tool.Signal(RunningServer.KillNine);
        await _hub.Tool.EndAsync();
        await _hub.DisposeAsync();
    }

    internal Task RestartHubAsync() => StartHubAsync(_hub.Address.ToString().TrimEnd('/'));

    internal async Task<HttpResponseMessage> PostAsync(HttpContent content, string? token, string? key = null, string path = "/orders")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_orders[(uint)Interlocked.Increment(ref _turn) % (uint)_instances], path)) { Content = content };
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await _http.SendAsync(request, Stop);
    }

    /// <summary>Places an order, as often as it takes to be told that it is taken.</summary>
    internal async Task<string> PlaceAsync(string token, string item, long quantity, decimal amount)
    {
        var key = $"{Guid.NewGuid()}";
        while (true)
        {
            try
            {
                using var content = JsonContent.Create(new { item, quantity, amount });
                using var response = await PostAsync(content, token, key);
                if (response.StatusCode == HttpStatusCode.Accepted) return JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["order"]!.GetValue<string>();
                Assert.True((int)response.StatusCode >= 500, $"An order was answered {response.StatusCode}.");
            }
            catch (HttpRequestException)
            {
                // It is being killed, or started.
            }
            await Task.Delay(50, Stop);
        }
    }

    /// <summary>Asks a service's file.</summary>
    internal List<T> Ask<T>(string role, string sql, Func<SqliteDataReader, T> read)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, "services", $"{role}.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The tests' own.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var all = new List<T>();
        while (reader.Read()) all.Add(read(reader));
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tool in _running.Values.SelectMany(tools => tools)) await tool.DisposeAsync();
        await _hub.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartHubAsync(string url) => _hub = await RunningServer.StartWithAsync(_hubSettings, Path.Combine(_folder, "hub"), url);

    private AccessTokenIssuer Tokens() => AccessTokenIssuer.FromSecret(Issuer, _hub.Hub.ToString(), Secret);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
