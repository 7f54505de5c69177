using System.Collections.Concurrent;

namespace PgLocks.TestKit.Network;

/// <summary>
/// Counts round trips on the wire: every Sync and every simple Query that a client sends is answered by one ReadyForQuery.
/// A batch of ten statements is one.
/// </summary>
public sealed class RoundTripCounter : IAsyncDisposable
{
    private readonly ConcurrentBag<FrontendMessages> _clients = [];
    private readonly TcpProxy _proxy;

    private RoundTripCounter(string connectionString)
    {
        _proxy = TcpProxy.Start(connectionString, Observe);
    }

    /// <summary>Of all connections so far.</summary>
    public long Count => _clients.Sum(client => client.RoundTrips);

    /// <summary>Of everything that is sent, in either direction.</summary>
    public TimeSpan Delay
    {
        get => _proxy.Delay;
        set => _proxy.Delay = value;
    }

    public static RoundTripCounter Start(string connectionString) => new(connectionString);

    /// <summary>The same connection string, with its traffic counted here.</summary>
    public string Through(string connectionString) => _proxy.Through(connectionString);

    /// <summary>Of all connections whose application name ends so, such as ":home".</summary>
    public long CountOf(string applicationNameEnd) =>
        _clients.Where(client => client.ApplicationName.EndsWith(applicationNameEnd, StringComparison.Ordinal)).Sum(client => client.RoundTrips);

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private FrontendMessages Observe()
    {
        var client = new FrontendMessages();
        _clients.Add(client);
        return client;
    }
}
