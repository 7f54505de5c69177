namespace PgLocks.TestKit;

/// <summary>A server that tests may use, and what has to be stopped after them.</summary>
internal interface IServerSource : IAsyncDisposable
{
    string ConnectionString { get; }
}
