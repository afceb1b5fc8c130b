using Fonte.AspNetCore;

namespace Fonte.Services.Tests;

internal static class Tokens
{
    /// <summary>A token of a service.</summary>
    internal static string Everything(Uri hub) => AccessTokenIssuer.FromSecret(TestHub.Issuer, hub.ToString(), TestHub.Secret)
        .Issue(new() { Subject = "service", Publish = [new("*")], Subscribe = [new("*")] });
}
