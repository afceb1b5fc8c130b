using System.Net;
using System.Text.Json;
using Fonte.AspNetCore;
using Fonte.AspNetCore.Tests;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.AspNetCore.Builder;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.Dashboard.Tests;

/// <summary>A hub with its dashboard, asked as its page asks.</summary>
internal sealed class DashboardApplication(HubApplication hub) : IAsyncDisposable
{
    internal const string Topic = Hub + "/dashboard";

    internal HubApplication Application => hub;

    internal static async Task<DashboardApplication> StartAsync(DashboardAccess access = DashboardAccess.Anyone, Action<FonteHttpOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null) =>
        new(await HubApplication.StartAsync(
            options =>
            {
                options.AnonymousPublish = false;
                options.Resource = TestToken.Resource;
                options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
                configure?.Invoke(options);
            },
            build,
            map ?? (app => app.MapFonteDashboard(access: access))));

    internal async Task<JsonElement> GetAsync(string path, string? token = null)
    {
        using var response = await SendAsync(HttpMethod.Get, path, token: token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement;
    }

    internal async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? form = null, string? token = null, string? origin = null, string? host = null)
    {
        using var response = await SendAsync(method, path, form, token, origin, host);
        return response.StatusCode;
    }

    internal Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? form = null, string? token = null, string? origin = null, string? host = null)
    {
        var request = new HttpRequestMessage(method, "/dashboard/" + path);
        if (form is not null) request.Content = new StringContent(form, null, "application/x-www-form-urlencoded");
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        if (host is not null) request.Headers.Host = host;
        return hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
    }

    internal async Task<JsonElement> PublishAsync(string form)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/publish", form, origin: hub.Address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement;
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();
}
