using Npgsql;

namespace PgLocks.Benchmarks.Contenders;

/// <summary>What one would write by hand: a connection a task, prepared <c>pg_advisory_lock</c> and <c>pg_advisory_unlock</c>, no two keys on one lock.</summary>
internal sealed class RawNpgsqlContender(string connectionString) : ContenderOf<RawNpgsqlContender.Hold>
{
    private const int ClassId = 7_000_001;

    private (NpgsqlCommand Lock, NpgsqlCommand Unlock)[] _sessions = [];
    private long _roundTrips;

    internal override long? RoundTrips => Volatile.Read(ref _roundTrips);

    internal override async Task PrepareAsync(IReadOnlyList<int> keys, int tasks)
    {
        string target = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        _sessions = new (NpgsqlCommand, NpgsqlCommand)[tasks];
        for (int task = 0; task < tasks; task++)
        {
            var connection = new NpgsqlConnection(target);
            await connection.OpenAsync();
            _sessions[task] = (await NewCommandAsync(connection, "pg_advisory_lock"), await NewCommandAsync(connection, "pg_advisory_unlock"));
        }
    }

    protected override async ValueTask<Hold> AcquireAsync(int task, int key)
    {
        (NpgsqlCommand acquire, NpgsqlCommand release) = _sessions[task];
        await RunAsync(acquire, key);
        return new Hold(release, key);
    }

    protected override ValueTask ReleaseAsync(Hold hold) => RunAsync(hold.Release, hold.Key);

    public override async ValueTask DisposeAsync()
    {
        foreach ((NpgsqlCommand acquire, NpgsqlCommand release) in _sessions)
        {
            NpgsqlConnection connection = acquire.Connection!;
            await acquire.DisposeAsync();
            await release.DisposeAsync();
            await connection.DisposeAsync();
        }
    }

    private async ValueTask RunAsync(NpgsqlCommand command, int key)
    {
        ((NpgsqlParameter<int>)command.Parameters[1]).TypedValue = key;
        await command.ExecuteNonQueryAsync();
        Interlocked.Increment(ref _roundTrips);
    }

    private static async Task<NpgsqlCommand> NewCommandAsync(NpgsqlConnection connection, string function)
    {
        var command = new NpgsqlCommand($"SELECT {function}($1, $2)", connection) { CommandTimeout = 60 };
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = ClassId });
        command.Parameters.Add(new NpgsqlParameter<int>());
        await command.PrepareAsync();
        return command;
    }

    internal readonly record struct Hold(NpgsqlCommand Release, int Key);
}
