using System.Globalization;
using System.Net.Sockets;
using PgLocks.AdminTool.Demo;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.TestKit;

/// <summary>A process that owns an embedded server, and what can be seen of that server from outside.</summary>
internal sealed class ServerOwner : IAsyncDisposable
{
    private ServerOwner(ChildProcess process, string announcement)
    {
        var words = announcement.Split(' ', 3);
        Process = process;
        ServerProcessId = int.Parse(words[0], CultureInfo.InvariantCulture);
        Port = int.Parse(words[1], CultureInfo.InvariantCulture);
        Folder = words[2];
    }

    public ChildProcess Process { get; }

    public int ServerProcessId { get; }

    public int Port { get; }

    public string Folder { get; }

    public static async Task<ServerOwner> StartAsync(params string[] arguments)
    {
        var process = ChildProcess.Dotnet("tests/PgLocks.ServerOwner/PgLocks.ServerOwner.dll", arguments);
        return new ServerOwner(process, await process.WaitForLineAsync("/"));
    }

    /// <summary>Waits until neither process nor port nor folder is left.</summary>
    public async Task NothingIsLeftAsync()
    {
        await Eventually.ThatAsync(() => !UnixSignal.IsAlive(ServerProcessId), because: "the server process ends");
        await Eventually.ThatAsync(() => !Directory.Exists(Folder), because: $"the folder {Folder} is removed");
        await Assert.ThrowsAsync<SocketException>(ConnectAsync);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private async Task ConnectAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
    }
}
