using Fonte.Conformance.Clauses;
using Fonte.Conformance.Hubs;
using Xunit;

[assembly: AssemblyFixture(typeof(EmbeddedHub))]

namespace Fonte.Conformance;

public sealed class PublicationOnEmbedded(EmbeddedHub hub) : PublicationClauses(hub);

public sealed class SubscriptionOnEmbedded(EmbeddedHub hub) : SubscriptionClauses(hub);

public sealed class AuthorizationOnEmbedded(EmbeddedHub hub) : AuthorizationClauses(hub);

public sealed class ReconciliationOnEmbedded(EmbeddedHub hub) : ReconciliationClauses(hub);

public sealed class ActiveSubscriptionsOnEmbedded(EmbeddedHub hub) : ActiveSubscriptionClauses(hub);

public sealed class DiscoveryOnEmbedded(EmbeddedHub hub) : DiscoveryClauses(hub);

public sealed class CrossOriginOnEmbedded(EmbeddedHub hub) : CrossOriginClauses(hub);

public sealed class KeysOnEmbedded(EmbeddedHub hub) : KeyClauses(hub);

public sealed class KeepAliveOnEmbedded(EmbeddedHub hub) : KeepAliveClauses(hub);

public sealed class LimitsOnEmbedded(EmbeddedHub hub) : LimitClauses(hub);

public sealed class MatchersOnEmbedded(EmbeddedHub hub) : MatcherClauses(hub);

public sealed class GrantsOnEmbedded(EmbeddedHub hub) : GrantClauses(hub);

public sealed class PayloadsOnEmbedded(EmbeddedHub hub) : PayloadClauses(hub);
