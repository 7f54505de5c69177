using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Backends;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Rollout;

/// <summary>The contract of every provider, in each mode of a rollout.</summary>
public abstract class RolloutContract(PostgresServer server, params (int New, int Both)[] changes) : LockProviderContract
{
    private TemporaryFolder _folder = null!;
    private TestDatabase _database = null!;

    protected override string Backend => "rollout";

    protected override string Target => $"{_folder.Path}|{_database.ConnectionString}";

    public override async ValueTask InitializeAsync()
    {
        _folder = await TemporaryFolder.CreateAsync("pglocks");
        _database = await server.CreateDatabaseAsync();
        for (var i = 0; i < changes.Length; i++)
            await _database.ScalarAsync<long>("SELECT pglocks.change_rollout('default', $1::int8, $2::int2, $3::int2)", i, changes[i].New, changes[i].Both);
        // On a younger server every gain waits for the lock delay.
        await Eventually.ThatAsync(
            () => _database.ScalarAsync<bool>("SELECT clock_timestamp() > pg_postmaster_start_time() + interval '4 s'"), because: "the server is older than the lock delay");
    }

    protected override async ValueTask EndAsync()
    {
        await _database.DisposeAsync();
        await _folder.DisposeAsync();
    }
}

public sealed class RolloutInOldTests(PostgresServer server) : RolloutContract(server);

public sealed class RolloutInBothTests(PostgresServer server) : RolloutContract(server, (0, 100));

public sealed class RolloutInNewTests(PostgresServer server) : RolloutContract(server, (0, 100), (100, 100));
