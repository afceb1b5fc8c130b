using System.Net;

namespace Fonte.Bench;

/// <summary>How one subscriber opens its stream at a server that wants more than a GET.</summary>
internal interface IStreamOpening
{
    /// <summary>The request that the stream answers.</summary>
    Task<byte[]> RequestAsync(EndPoint endPoint, CancellationToken cancellationToken);

    /// <summary>What is still to do once the stream's head has come.</summary>
    Task OpenedAsync(EndPoint endPoint, CancellationToken cancellationToken);
}
