using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>Figures of windows, read from totals, beside what was really recorded in them.</summary>
public sealed class WindowTests(PostgresServer server)
{
    private const int Hour = 3600;

    [Fact]
    public async Task StatsSince_TotalsAndRowsBeside_GiveTheFiguresOfTheWindow()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD", 5);
        var random = new Random(20261122);
        List<(int Hours, long[] Waits, long[] Holds)> recorded = [];
        foreach (var hours in (int[])[-20 * 24, -12 * 24, -5 * 24, -30, -6, -1])
            await AddAsync(hours);
        await StatsData.MaintainAsync(database);
        // After all that is in the totals, however long that took.
        await database.ExecuteAsync("UPDATE pglocks.instances SET written_to = now() + interval '10 minutes'");
        await AddAsync(0, offsetSeconds: 300);

        // Windows with room to what begins or ends near their start, which is rounded down to the hour, or to the day.
        foreach (var (since, hours) in ((string, int)[])[("3 hours", -3), ("10 hours", -10), ("3 days", -72), ("8 days", -192), ("15 days", -360), ("30 days", -720)])
        {
            var inside = recorded.Where(part => part.Hours >= hours).ToList();
            foreach (var function in (string[])["key_stats_since", "slot_stats_since", "instance_stats_since"])
            {
                var row = await stats.RowAsync($"pglocks.{function}('{since}')");

                Assert.Equal(inside.Sum(part => part.Waits.Length), (long)row["acquired"]);
                Figures.AssertClose([.. inside.SelectMany(part => part.Waits)], row, "wait");
                Figures.AssertClose([.. inside.SelectMany(part => part.Holds)], row, "hold");
            }
        }

        async Task AddAsync(int hours, int offsetSeconds = 0)
        {
            long[] waits = [.. Enumerable.Range(0, 200).Select(_ => (long)Math.Pow(10, random.NextDouble() * 8))];
            long[] holds = [.. waits.Select(_ => (long)Math.Pow(10, 3 + (random.NextDouble() * 5)))];
            recorded.Add((hours, waits, holds));
            await stats.AddAsync(key, stats.Instances[0], (hours * Hour) + offsetSeconds, waits, holds);
        }
    }

    [Fact]
    public async Task SlotStats_PoolResized_BeginAnew()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], -Hour, [5], [1]);
        await StatsData.MaintainAsync(database);

        await database.ExecuteAsync("UPDATE pglocks.spaces SET pool_size = 512");

        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.slot_stats"));
        Assert.Equal(1L, (await stats.RowAsync("pglocks.key_stats"))["acquired"]);
    }
}
