using Npgsql;

namespace PgLocks.FaultTests.Traffic;

/// <summary>Waits that have nothing to do with locks, one after the other, some ended by a timer of the process and some by the server: what of the lateness of the others is the machine's.</summary>
internal sealed class Control(Journal journal)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    internal async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var called = TimeProvider.System.GetTimestamp();
            await Pulse.WaitAsync(Wait);
            Write(called, token: 0);
        }
    }

    /// <summary>The same on a connection, which a fault may break.</summary>
    internal async Task RunAsync(string connectionString, CancellationToken end)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        while (!end.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
                await using var sleep = new NpgsqlCommand("SELECT pg_sleep($1)", connection) { Parameters = { new() { Value = Wait.TotalSeconds } } };
                var called = TimeProvider.System.GetTimestamp();
                await sleep.ExecuteNonQueryAsync(CancellationToken.None);
                Write(called, Happening.ByServer);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(Wait, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private void Write(long called, long token) => journal.Write(Happening.Controlled, token: token, section: (long)Wait.TotalMilliseconds, number: called);
}
