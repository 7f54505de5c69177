namespace PgLocks.Backends;

/// <summary>How a <see cref="LockCoordinator"/> behaves.</summary>
public sealed class LockCoordinatorOptions
{
    /// <summary>The Unix domain socket to listen on. Beside it, a file with <c>.generation</c> appended counts the starts.</summary>
    /// <value>Required; at most 100 bytes.</value>
    public string SocketPath { get; set; } = "";

    /// <summary>Over how many dictionaries, each with a lock of its own, keys are spread.</summary>
    /// <value>1 to 256; default 16.</value>
    public int Shards { get; set; } = 16;

    /// <exception cref="PgLocksConfigurationException">An option is out of range.</exception>
    internal void Check()
    {
        CheckPath(SocketPath);
        if (Shards is < 1 or > 256)
            throw new PgLocksConfigurationException($"Shards is 1 to 256, but was {Shards}.");
    }

    internal static void CheckPath(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || System.Text.Encoding.UTF8.GetByteCount(path) > 100)
            throw new PgLocksConfigurationException($"SocketPath is a path of 1 to 100 bytes, such as '/run/orders/locks.sock', but was '{path}'.");
    }
}
