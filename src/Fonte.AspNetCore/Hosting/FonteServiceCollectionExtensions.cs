using Fonte;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
        if (configure is not null) options.Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(FonteHost))) return new FonteBuilder(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<FonteHttpOptions>, FonteOptionsValidator>();
        services.AddSingleton<FonteHost>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<FonteHost>());
        services.AddSingleton<IEventPublisher>(provider => provider.GetRequiredService<FonteHost>());
        services.AddHealthChecks().AddCheck<FonteHealthCheck>("fonte");
        services.Configure<KestrelServerOptions>(AllowUnicodeEventIds);
        return new FonteBuilder(services);
    }

    // Kestrel writes header values as ASCII and fails otherwise; a publisher's own ID may be any Unicode.
    private static void AllowUnicodeEventIds(KestrelServerOptions options)
    {
        var before = options.ResponseHeaderEncodingSelector;
        options.ResponseHeaderEncodingSelector = name =>
            name.Equals(LastEventId.ResponseField, StringComparison.OrdinalIgnoreCase) ? System.Text.Encoding.UTF8 : before(name);
    }

    private sealed record FonteBuilder(IServiceCollection Services) : IFonteBuilder;
}

/// <summary>Where further parts of the hub are added.</summary>
public interface IFonteBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
