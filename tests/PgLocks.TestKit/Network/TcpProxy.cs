using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace PgLocks.TestKit.Network;

/// <summary>A network between client and server that can be slow, silent or broken.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private volatile Valve _requests = new();
    private volatile Valve _answers = new();
    private readonly Func<IByteObserver>? _observer;
    private readonly Task _accepting;
    private volatile NpgsqlConnectionStringBuilder _target;

    private TcpProxy(string connectionString, Func<IByteObserver>? observer)
    {
        _target = new NpgsqlConnectionStringBuilder(connectionString);
        _observer = observer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that are open now.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>How late each piece of data arrives, in each direction.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>A proxy in front of the server of the connection string.</summary>
    public static TcpProxy Start(string connectionString) => Start(connectionString, null);

    internal static TcpProxy Start(string connectionString, Func<IByteObserver>? observer) => new(connectionString, observer);

    /// <summary>New connections go to another server; those that are open stay where they are.</summary>
    public void Redirect(string connectionString) => _target = new NpgsqlConnectionStringBuilder(connectionString);

    /// <summary>The same connection string, by way of this proxy and in plain text.</summary>
    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = "127.0.0.1",
        Port = Port,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    /// <summary>Passes nothing on, in either direction, and keeps every connection open: a silent partition.</summary>
    public void Stall()
    {
        _requests.Close();
        _answers.Close();
    }

    /// <summary>As <see cref="Stall"/>, for ever, for the connections that are open; those that are opened later are not concerned.</summary>
    public void Strand()
    {
        Stall();
        _requests = new Valve();
        _answers = new Valve();
    }

    /// <summary>The server hears everything, and nobody hears the server.</summary>
    public void StallAnswers() => _answers.Close();

    /// <summary>Passes on what was held back, and all that follows.</summary>
    public void Resume()
    {
        _requests.Open();
        _answers.Open();
    }

    /// <summary>Closes every connection on both sides in good order.</summary>
    public void Cut() => Close(abruptly: false);

    /// <summary>Breaks every connection on both sides: "connection reset by peer".</summary>
    public void Reset() => Close(abruptly: true);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Reset();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private void Close(bool abruptly)
    {
        foreach (var connection in _connections.Keys)
            connection.Close(abruptly);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                var connection = new ProxiedConnection(client, _requests, _answers, () => Delay, _observer?.Invoke());
                _connections[connection] = Task.CompletedTask;
                _connections[connection] = ServeAsync(connection);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException)
        {
            // Disposed: nobody is accepted any more.
        }
    }

    private async Task ServeAsync(ProxiedConnection connection)
    {
        await Task.Yield();
        await connection.RunAsync(() => (_target.Host!, _target.Port), _stopping.Token);
        _connections.TryRemove(connection, out _);
    }
}
