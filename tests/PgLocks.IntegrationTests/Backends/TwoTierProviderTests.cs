using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>PgLockProvider with <see cref="Retention.Off"/>: local gates in front of the pool, nothing kept.</summary>
public sealed class TwoTierProviderTests(PostgresServer server) : LockProviderContract
{
    private TestDatabase _database = null!;

    protected override string Backend => "two-tiers";

    protected override string Target => _database.ConnectionString;

    protected override TimeSpan HeldBeyondDeath => new PgLocksOptions().LockDelay - TimeSpan.FromMilliseconds(50);

    public override async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        await Eventually.ThatAsync(
            () => _database.ScalarAsync<bool>("SELECT clock_timestamp() > pg_postmaster_start_time() + interval '4 s'"), because: "the server is older than the lock delay");
    }

    protected override ValueTask EndAsync() => _database.DisposeAsync();
}
