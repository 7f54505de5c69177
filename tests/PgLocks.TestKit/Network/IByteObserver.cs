namespace PgLocks.TestKit.Network;

/// <summary>Sees what one client sends.</summary>
internal interface IByteObserver
{
    void Sent(ReadOnlySpan<byte> data);
}
