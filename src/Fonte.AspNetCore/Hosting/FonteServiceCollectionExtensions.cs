using Fonte;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the hub to an application.</summary>
public static class FonteServiceCollectionExtensions
{
    /// <summary>The section of the configuration from which options are read.</summary>
    public const string ConfigurationSection = "Fonte";

    /// <summary>Adds a hub with its log, and <see cref="IEventPublisher"/>. Map its endpoints with <c>MapFonte()</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the options, after those of the configuration section <c>Fonte</c>.</param>
    /// <remarks>Options are validated at start; a wrong one stops the start with <see cref="OptionsValidationException"/>.</remarks>
    public static IFonteBuilder AddFonte(this IServiceCollection services, Action<FonteHttpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<FonteHttpOptions>().BindConfiguration(ConfigurationSection).ValidateOnStart();
        options.Configure<IConfiguration>(ReadPublicUrls);
        if (configure is not null) options.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(FonteHost))) return new FonteBuilder(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<FonteHttpOptions>, FonteOptionsValidator>();
        services.TryAddSingleton(new EventLogSource(EventLogSource.OpenByOptions));
        services.AddSingleton<FonteHost>();
        services.AddSingleton<AccessTokenValidator>();
        services.AddSingleton<HubAuthorization>();
        services.AddSingleton<StreamLimits>();
        services.AddSingleton<StreamAdmission>();
        services.AddSingleton<PublishAdmission>();
        services.AddSingleton<StreamControl>();
        services.AddSingleton<IStreamControl>(provider => provider.GetRequiredService<StreamControl>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<FonteHost>());
        services.AddSingleton<IEventPublisher>(provider => provider.GetRequiredService<FonteHost>());
        services.AddHealthChecks().AddCheck<FonteHealthCheck>("fonte");
        services.Configure<KestrelServerOptions>(AllowUnicodeEventIds);
        return new FonteBuilder(services);
    }

    /// <summary>Uses a log of your own instead of the one that the options name. The hub closes it at its end.</summary>
    /// <param name="builder">What <see cref="AddFonte"/> returned.</param>
    /// <param name="open">Opens the log; called once, at the application's start.</param>
    public static IFonteBuilder UseEventLog(this IFonteBuilder builder, Func<IServiceProvider, IEventLog> open)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(open);
        builder.Services.Replace(ServiceDescriptor.Singleton(new EventLogSource(open)));
        return builder;
    }

    /// <summary>Shares one log with other hubs, on a broker: this one keeps a replica of it in the folder that the options name, which may be lost. The connection is closed at the end.</summary>
    /// <param name="builder">What <see cref="AddFonte"/> returned.</param>
    /// <param name="connect">Makes the connection; called once, at the application's start.</param>
    /// <remarks>Needs <see cref="FonteOptions.ClusterKey"/>, the same for all hubs of the log.</remarks>
    public static IFonteBuilder UseSharedLog(this IFonteBuilder builder, Func<IServiceProvider, ISharedLog> connect)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connect);
        builder.Services.Replace(ServiceDescriptor.Singleton(new SharedLogSource(connect)));
        builder.Services.AddSingleton<IValidateOptions<FonteHttpOptions>, SharedLogRules>();
        return builder;
    }

    /// <summary>
    /// Sends events straight to the sockets where nothing stands between (Linux, plain HTTP/1.1): a delivery then costs a third less processor time, and an idle
    /// event stream a third less memory. Other event streams take the ordinary path.
    /// </summary>
    /// <remarks>
    /// The request of such a stream ends when its head is sent: middleware sees it end then, and the connection is closed with the stream. Sets
    /// <c>SocketTransportOptions.MaxWriteBufferSize</c>, <c>UnsafePreferInlineScheduling</c>, so that nothing in the application may block, and
    /// Kestrel's endpoint defaults: a later <c>ConfigureEndpointDefaults</c> of the application takes their place, and then the ordinary path is taken.
    /// </remarks>
    /// <param name="builder">What <see cref="AddFonte"/> returned.</param>
    public static IFonteBuilder UseDirectSockets(this IFonteBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            // The pump sends by itself instead of handing over to another thread.
            sockets.UnsafePreferInlineScheduling = true;
            // Then a flush returns when the kernel has the bytes, and nothing of the head can come behind an event.
            sockets.MaxWriteBufferSize = 1;
        });
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => StreamConnection.RunAsync(connection, next))));
        return builder;
    }

    // As the server has it; bound as a list, a text would be none, and every host would be served.
    private static void ReadPublicUrls(FonteHttpOptions options, IConfiguration configuration)
    {
        var text = configuration[$"{ConfigurationSection}:{nameof(FonteHttpOptions.PublicUrls)}"] ?? "";
        foreach (var url in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) options.PublicUrls.Add(url);
    }

    // Kestrel writes header values as ASCII and fails otherwise; a publisher's own ID may be any Unicode.
    private static void AllowUnicodeEventIds(KestrelServerOptions options)
    {
        var before = options.ResponseHeaderEncodingSelector;
        options.ResponseHeaderEncodingSelector = name =>
            name.Equals(LastEventId.ResponseField, StringComparison.OrdinalIgnoreCase) || name.Equals(LastEventId.RequestField, StringComparison.OrdinalIgnoreCase) ? System.Text.Encoding.UTF8 : before(name);
    }

    private sealed record FonteBuilder(IServiceCollection Services) : IFonteBuilder;
}

/// <summary>Where further parts of the hub are added.</summary>
public interface IFonteBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
