using System.Net.Sockets;

namespace PgLocks.TestKit;

/// <summary>Whether a Docker engine answers: the program alone proves nothing, and asking an absent engine may hang.</summary>
public static class DockerEngine
{
    private const string DefaultSocket = "/var/run/docker.sock";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<bool> AnswersAsync(CancellationToken cancellationToken = default)
    {
        var host = Environment.GetEnvironmentVariable("DOCKER_HOST");
        if (string.IsNullOrEmpty(host))
            host = "unix://" + DefaultSocket;
        if (!Uri.TryCreate(host, UriKind.Absolute, out var address) || (address.Scheme == "unix" && !File.Exists(address.LocalPath)))
            return false;
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, token) => ConnectAsync(address, token) };
            using var client = new HttpClient(handler) { Timeout = Patience };
            using var answer = await client.GetAsync(new Uri("http://docker/_ping"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var isUnix = address.Scheme == "unix";
        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isUnix)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.LocalPath), cancellationToken);
            else
                await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
