using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>Hand-made lock_stats with known figures, read through the views.</summary>
public sealed class StatsTests(PostgresServer server, SharedDatabase shared) : IClassFixture<SharedDatabase>
{
    private static readonly string[] PartColumns = ["wait_key_ns", "wait_yield_ns", "wait_process_ns", "wait_slot_ns", "wait_session_ns", "wait_server_ns"];

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(15, 15, 15)]
    [InlineData(16, 16, 16)]
    [InlineData(31, 31, 31)]
    [InlineData(32, 32, 33)]
    [InlineData(33, 34, 35)]
    [InlineData(48, 64, 66)]
    [InlineData(495, 31L << 29, (31L << 29) + (1L << 28))]
    [InlineData(959, 31L << 58, (31L << 58) + (1L << 57))]
    public async Task BucketFunctions_KnownBuckets_GiveLowerEndAndMiddle(int bucket, long lower, long value)
    {
        Assert.Equal(lower, await shared.Database.ScalarAsync<long>("SELECT pglocks.bucket_lower_ns($1)", bucket));
        Assert.Equal(value, await shared.Database.ScalarAsync<long>("SELECT pglocks.bucket_value_ns($1)", bucket));
    }

    [Fact]
    public async Task KeyStats_ManyIntervalsAndInstances_MergesThemWithinTheErrorOfABucket()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        // Skewed, over nine powers of ten, and spread over five intervals of two instances.
        var random = new Random(20261122);
        var waits = Enumerable.Range(0, 5000).Select(_ => (long)Math.Pow(10, random.NextDouble() * 9)).ToArray();
        var holds = Enumerable.Range(0, 5000).Select(_ => (long)Math.Pow(10, 3 + random.NextDouble() * 5)).ToArray();
        for (var part = 0; part < 10; part++)
            await stats.AddAsync(key, stats.Instances[part % 2], part / 2, [.. waits.Where((_, n) => n % 10 == part)], [.. holds.Where((_, n) => n % 10 == part)]);

        var row = await stats.RowAsync("pglocks.key_stats");

        Assert.Equal(("default", "miner", "EURUSD", 5000L), ((string)row["space"], (string)row["hotkey"], (string)row["pair"], (long)row["acquired"]));
        Figures.AssertClose(waits, row, "wait");
        Figures.AssertClose(holds, row, "hold");
        Assert.Equal((stats.Start, stats.Start.AddSeconds(4)), ((DateTime)row["first_interval_at"], (DateTime)row["last_interval_at"]));
    }

    [Fact]
    public async Task SlotAndInstanceStats_SeveralKeys_MergeAcrossThem()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var one = await stats.KeyAsync("miner", "EURUSD", slot: 5);
        var two = await stats.KeyAsync("other", "BTCUSD", slot: 5);
        var elsewhere = await stats.KeyAsync("other", "EURUSD", slot: 6);
        await stats.AddAsync(one, stats.Instances[0], 0, [100, 200], [1000, 1000]);
        await stats.AddAsync(two, stats.Instances[0], 0, [300, 400], [1000, 1000]);
        await stats.AddAsync(elsewhere, stats.Instances[1], 0, [5000], [1000]);

        var slot = await stats.RowAsync("pglocks.slot_stats WHERE slot = 5");
        var instance = await stats.RowAsync($"pglocks.instance_stats WHERE instance_id = '{stats.Instances[0]}'");

        Assert.Equal((2L, 4L, 400L), ((long)slot["keys"], (long)slot["acquired"], (long)slot["wait_max_ns"]));
        Figures.AssertClose([100, 200, 300, 400], slot, "wait");
        Assert.Equal(("app-0", 4L), ((string)instance["application"], (long)instance["acquired"]));
        Figures.AssertClose([100, 200, 300, 400], instance, "wait");
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.slot_stats"));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.instance_stats"));
    }

    [Fact]
    public async Task Stats_WaitsTakenApart_AddUpInEveryView()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], 0, [3200], [1]);
        await stats.AddAsync(key, stats.Instances[0], 1, [320, 320], [1, 1]);

        foreach (var view in (string[])["key_stats", "slot_stats", "instance_stats"])
        {
            var row = await stats.RowAsync($"pglocks.{view}");

            Assert.Equal(StatsData.Parts(3840), PartColumns.Select(column => (long)row[column]));
        }
    }

    [Fact]
    public async Task StatsSince_Window_LeavesOlderIntervalsOut()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], -7200, [1_000_000], [1]);
        await stats.AddAsync(key, stats.Instances[0], 0, [10], [1]);

        foreach (var function in (string[])["key_stats_since", "slot_stats_since", "instance_stats_since"])
        {
            var hour = await stats.RowAsync($"pglocks.{function}('1 hour')");
            var day = await stats.RowAsync($"pglocks.{function}('1 day')");

            Assert.Equal((1L, 10L), ((long)hour["acquired"], (long)hour["wait_max_ns"]));
            Assert.Equal((2L, 1_000_000L), ((long)day["acquired"], (long)day["wait_max_ns"]));
        }
    }

    [Fact]
    public async Task KeyStats_OnlyTimeouts_HasCountsAndNoPercentiles()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], 0, [], [], timedOut: 3);

        var row = await stats.RowAsync("pglocks.key_stats");

        Assert.Equal((0L, 3L), ((long)row["acquired"], (long)row["timed_out"]));
        Assert.All(["wait_mean_ns", "wait_p50_ns", "wait_p99_ns", "hold_p95_ns", "hold_max_ns"], column => Assert.Equal(DBNull.Value, row[column]));
    }

    [Fact]
    public async Task Quantile_OneHistogram_IsItsNearestRank()
    {
        Assert.Equal(5, await shared.Database.ScalarAsync<long>("SELECT pglocks.quantile('{3,5,9}', '{1,2,1}', 0.5, 9)"));
        Assert.Equal(9, await shared.Database.ScalarAsync<long>("SELECT pglocks.quantile('{3,5,9}', '{1,2,1}', 0.99, 9)"));
        Assert.Equal(3, await shared.Database.ScalarAsync<long>("SELECT pglocks.quantile('{3,5,9}', '{1,2,1}', 0, 9)"));
        Assert.Equal(1000, await shared.Database.ScalarAsync<long>("SELECT pglocks.quantile('{111}', '{1}', 0.5, 1000)"));
        Assert.Null(await shared.Database.ScalarAsync<long?>("SELECT pglocks.quantile('{}', '{}', 0.5, 9)"));
    }

    [Fact]
    public async Task SlotCollisions_TwoBusyKeysOfOneSlot_ShowsObservedAndExpectedFalseContention()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var one = await stats.KeyAsync("miner", "EURUSD", slot: 5);
        var two = await stats.KeyAsync("other", "BTCUSD", slot: 5);
        await stats.KeyAsync("alone", "BTCUSD", slot: 9);
        // In a window of one second: 100 holds of 1 ms against 10 holds of 20 ms.
        await stats.AddAsync(one, stats.Instances[0], 0, Enumerable.Repeat(1L, 100).ToArray(), Enumerable.Repeat(1_000_000L, 100).ToArray(), contendedSlot: 15);
        await stats.AddAsync(two, stats.Instances[1], 0, Enumerable.Repeat(1L, 10).ToArray(), Enumerable.Repeat(20_000_000L, 10).ToArray(), contendedSlot: 2);

        var busy = await stats.RowAsync("pglocks.slot_collisions WHERE slot = 5");
        var calm = await stats.RowAsync("pglocks.slot_collisions WHERE slot = 9");

        Assert.Equal((2L, 110L, 17L), ((long)busy["keys"], (long)busy["acquired"], (long)busy["contended_slot"]));
        Assert.Equal(3 / 256.0, (double)busy["expected_keys"], 10);
        Assert.Equal(17 / 110.0, (double)busy["contended_slot_ratio"], 10);
        // Each of the 100 meets the other key held 20 % of the time; each of the 10 meets the first held 10 % of it.
        Assert.Equal((100 * 0.2) + (10 * 0.1), (double)busy["expected_contended_slot"], 6);
        Assert.Equal((1L, 0L, 0.0), ((long)calm["keys"], (long)calm["acquired"], (double)calm["expected_contended_slot"]));
    }
}
