namespace PgLocks.TestKit;

/// <summary>Somebody else's server: used, never stopped.</summary>
internal sealed class GivenServer(string connectionString) : IServerSource
{
    public string ConnectionString => connectionString;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
