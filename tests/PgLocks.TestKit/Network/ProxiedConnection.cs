using System.Net.Sockets;

namespace PgLocks.TestKit.Network;

/// <summary>One client's connection through a <see cref="TcpProxy"/>.</summary>
internal sealed class ProxiedConnection(Socket client, Valve requests, Valve answers, Func<TimeSpan> delay, IByteObserver? observer) : IDisposable
{
    private const int BufferSize = 32 * 1024;

    private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Carries data both ways until either side ends.</summary>
    public async Task RunAsync(Func<(string Host, int Port)> target, CancellationToken cancellationToken)
    {
        try
        {
            client.NoDelay = true;
            await requests.WaitAsync(cancellationToken);
            var (host, port) = target();
            await _server.ConnectAsync(host, port, cancellationToken);
            await Task.WhenAny(PumpAsync(client, _server, requests, observer, cancellationToken), PumpAsync(_server, client, answers, null, cancellationToken));
        }
        catch (Exception ended) when (IsEnd(ended))
        {
            // The server refused the connection: the client sees it closed.
        }
        Dispose();
    }

    public void Dispose() => Close(abruptly: false);

    public void Close(bool abruptly)
    {
        foreach (var socket in new[] { client, _server })
        {
            if (abruptly)
                socket.Close(timeout: 0);
            else
                socket.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Valve valve, IByteObserver? watching, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                var length = await from.ReceiveAsync(buffer, cancellationToken);
                if (delay() > TimeSpan.Zero)
                    await Task.Delay(delay(), TimeProvider.System, cancellationToken);
                // The end too: through a partition nobody hears that the other side has gone.
                await valve.WaitAsync(cancellationToken);
                if (length == 0)
                    return;
                watching?.Sent(buffer.AsSpan(0, length));
                await to.SendAsync(buffer.AsMemory(0, length), cancellationToken);
            }
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            await valve.WaitAsync(cancellationToken);
        }
        catch (Exception ended) when (IsEnd(ended))
        {
            // Either side is gone: so is the connection.
        }
    }

    private static bool IsEnd(Exception exception) => exception is SocketException or ObjectDisposedException or OperationCanceledException;
}
