using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.FaultTests.Faults;
using PgLocks.FaultTests.Traffic;
using PgLocks.TestKit;

namespace PgLocks.FaultTests;

/// <summary>What faults are done to: the server, the seats around it, and what is seen of them.</summary>
internal sealed class Arena(LocalServer server, IReadOnlyList<Seat> seats, Witness witness, TimeSpan progressPatience, Equipment equipment)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal LocalServer Server => server;

    /// <summary>Of the server that is the primary now.</summary>
    internal string ConnectionString { get; set; } = server.ConnectionString;

    /// <summary>A primary that lives on, cut off from everybody but this run; null for none.</summary>
    internal string? LeftBehind { get; set; }

    internal IReadOnlyList<Seat> Seats => seats;

    internal Equipment Equipment => equipment;

    internal Seat SeatOf(Injection injection) => seats[injection.Seat!.Value];

    /// <summary>As <see cref="OpenAsync"/>, as soon as the server has one to give.</summary>
    internal async Task<NpgsqlConnection> OpenPatientlyAsync()
    {
        NpgsqlConnection? connection = null;
        await Eventually.ThatAsync(async () =>
        {
            try
            {
                connection = await OpenAsync();
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, Patience, "the server takes connections");
        return connection!;
    }

    /// <summary>A connection of nobody's instance, for as long as the caller keeps it.</summary>
    internal async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, ApplicationName = "faults", Timeout = 5 }.ConnectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first column of every row, as soon as the server answers.</summary>
    internal async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql, params object[] arguments)
    {
        var rows = new List<T>();
        await Eventually.ThatAsync(async () =>
        {
            rows.Clear();
            try
            {
                await using var connection = await OpenAsync();
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var argument in arguments)
                    command.Parameters.Add(new() { Value = argument });
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                    rows.Add(await reader.GetFieldValueAsync<T>(0));
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }, Patience, "the server answers");
        return rows;
    }

    /// <summary>The backends of one worker's sessions in a role.</summary>
    internal Task<IReadOnlyList<int>> BackendsAsync(int worker, string role) =>
        ColumnAsync<int>("SELECT pid FROM pg_stat_activity WHERE application_name = $1 ORDER BY pid", RunFiles.SessionName(worker, role));

    /// <summary>Lets the fault last, and notes when the server has ended the worker's sessions in these roles.</summary>
    internal async Task WaitAsync(Injection injection, double seconds, params string[] ending)
    {
        var length = Faults.Fault.WaitAsync(seconds);
        object sessions = ending.Select(role => RunFiles.SessionName(injection.Worker!.Value, role)).ToArray();
        while (!length.IsCompleted && ending.Length > 0 && injection.SessionGoneAt is null)
        {
            var left = await ColumnAsync<int>("SELECT pid FROM pg_stat_activity WHERE application_name = ANY ($1)", sessions);
            if (left.Count == 0)
                injection.SessionGoneAt = TimeProvider.System.GetTimestamp();
            else
                await Task.WhenAny(length, Faults.Fault.WaitAsync(0.01));
        }
        await length;
    }

    /// <summary>Who owns and who waits for which slot, as the server sees it.</summary>
    internal Task<IReadOnlyList<string>> LocksAsync() => ColumnAsync<string>(
        """
        SELECT format('slot %s: %s %s (pid %s, %s, in %s since %s)', l.objid, a.application_name, CASE WHEN l.granted THEN 'owns' ELSE 'waits' END,
                      a.pid, a.state, a.wait_event, clock_timestamp() - a.state_change)
          FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' ORDER BY l.objid::int8, l.granted DESC, l.waitstart
        """);

    internal long[] Increments() => [.. seats.Select(seat => witness.Increments(seat.Number))];

    /// <summary>True as soon as each judged seat, and each other one that no fault is done to, has incremented since; false when one has not after some patience.</summary>
    internal async Task<bool> HasGoneOnAsync(long[] before, IReadOnlyList<Seat> judged)
    {
        try
        {
            await Eventually.ThatAsync(() => seats.All(seat => HasGoneOn(seat, before) || (seat.IsUnderFault && !judged.Contains(seat))), progressPatience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    internal bool HasGoneOn(Seat seat, long[] before) => witness.Increments(seat.Number) > before[seat.Number];
}
