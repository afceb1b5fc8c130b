namespace Fonte.Dashboard;

/// <summary>Who may see through the dashboard, which shows every event, also private ones.</summary>
public enum DashboardAccess
{
    /// <summary>Whoever presents an access token of the hub's issuers that grants <c>subscribe</c> for the topic <c>/.well-known/mercure/dashboard</c> by its exact name (the hub's path, and <c>/dashboard</c>).</summary>
    HubToken,

    /// <summary>Whoever the application's own authorization lets in. Where the endpoints require none, nobody is let in.</summary>
    EndpointAuthorization,

    /// <summary>Anyone who reaches it under <c>localhost</c>, an address, or a host of the hub's own <c>PublicUrls</c> or <c>Resource</c>. Only for development and this machine.</summary>
    Anyone,
}
