namespace Fonte;

/// <summary>Whose event stream it is.</summary>
internal interface IStreamOwner
{
    /// <summary>Whether what allows the stream has been taken back. Asked when the stream begins and about once a second; by any thread, and so must be quick.</summary>
    bool IsRevoked { get; }
}
