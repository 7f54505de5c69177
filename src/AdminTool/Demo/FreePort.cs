using System.Net;
using System.Net.Sockets;

namespace PgLocks.AdminTool.Demo;

/// <summary>A port of the loopback interface that nobody uses now; somebody may before it is bound, so be ready to ask again.</summary>
public static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
