using Fonte.Conformance.Clauses;
using Fonte.Conformance.Hubs;
using Xunit;

[assembly: AssemblyFixture(typeof(ServerHub))]

namespace Fonte.Conformance;

public sealed class PublicationOnServer(ServerHub hub) : PublicationClauses(hub);

public sealed class SubscriptionOnServer(ServerHub hub) : SubscriptionClauses(hub);

public sealed class AuthorizationOnServer(ServerHub hub) : AuthorizationClauses(hub);

public sealed class ReconciliationOnServer(ServerHub hub) : ReconciliationClauses(hub);

public sealed class ActiveSubscriptionsOnServer(ServerHub hub) : ActiveSubscriptionClauses(hub);

public sealed class DiscoveryOnServer(ServerHub hub) : DiscoveryClauses(hub);

public sealed class CrossOriginOnServer(ServerHub hub) : CrossOriginClauses(hub);

public sealed class KeysOnServer(ServerHub hub) : KeyClauses(hub);

public sealed class KeepAliveOnServer(ServerHub hub) : KeepAliveClauses(hub);

public sealed class LimitsOnServer(ServerHub hub) : LimitClauses(hub);

public sealed class MatchersOnServer(ServerHub hub) : MatcherClauses(hub);

public sealed class GrantsOnServer(ServerHub hub) : GrantClauses(hub);

public sealed class PayloadsOnServer(ServerHub hub) : PayloadClauses(hub);
