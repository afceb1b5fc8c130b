namespace Fonte.Broker.Tests;

public sealed class FakeLogTests : SharedLogContract, IDisposable
{
    private readonly FakeBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    private protected override ISharedLog Connect() => _broker.Connect();
}
