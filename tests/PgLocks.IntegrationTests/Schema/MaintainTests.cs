using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>Partitions made ahead, the roll-up to the hour, and the end of what is old.</summary>
public sealed class MaintainTests(PostgresServer server)
{
    private const int Day = 86_400;

    private const string Sums = """
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
            SELECT concat_ws(' ', key_id, instance_id, sum(acquired), sum(timed_out), sum(contended_slot), sum(wait_key_ns), sum(wait_server_ns), sum(wait_sum_ns),
                             sum(hold_sum_ns), max(wait_max_ns), max(hold_max_ns),
                             (SELECT string_agg(b || ':' || n, ',' ORDER BY b) FROM (
                                 SELECT b, sum(c) AS n FROM pglocks.lock_stats h, unnest(wait_buckets, wait_counts) AS u(b, c)
                                 WHERE h.key_id = s.key_id AND h.instance_id = s.instance_id GROUP BY b) w),
                             (SELECT string_agg(b || ':' || n, ',' ORDER BY b) FROM (
                                 SELECT b, sum(c) AS n FROM pglocks.lock_stats h, unnest(hold_buckets, hold_counts) AS u(b, c)
                                 WHERE h.key_id = s.key_id AND h.instance_id = s.instance_id GROUP BY b) d)) AS line
            FROM pglocks.lock_stats s GROUP BY key_id, instance_id) lines
        """;

    [Fact]
    public async Task Maintain_DaysAreMissing_MakesThemAWeekAhead()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("DROP TABLE " + await TodayAsync(database, "lock_stats"));

        var steps = await StatsData.MaintainAsync(database);

        Assert.Contains("1 partitions made", steps);
        Assert.Equal([8L, 8L], await database.ColumnAsync<long>(
            "SELECT count(*) FROM pglocks.day_partitions() WHERE day BETWEEN pglocks.utc_today() AND pglocks.utc_today() + 7 GROUP BY parent"));
        Assert.Empty(await StatsData.MaintainAsync(database));
    }

    [Fact]
    public async Task Maintain_RowsInTheDefaultPartition_MovesThemToTheirDays()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], -3 * Day, [1], [1]);
        await stats.AddAsync(key, stats.Instances[0], -2 * Day, [1], [1]);
        await database.ExecuteAsync("INSERT INTO pglocks.lock_events (at, kind) VALUES (now() - interval '3 days', 'timeout')");
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_stats_default"));

        await StatsData.MaintainAsync(database);

        Assert.Equal(0, await database.ScalarAsync<long>("SELECT (SELECT count(*) FROM pglocks.lock_stats_default) + (SELECT count(*) FROM pglocks.lock_events_default)"));
        Assert.Equal((2L, 1L), (await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_stats"), await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_events")));
    }

    [Fact]
    public async Task Maintain_WriterHoldsTheDefaultPartition_LeavesItAndMovesItsRowsNextTime()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("DROP TABLE " + await TodayAsync(database, "lock_events"));
        await using (var writer = await database.OpenAsync(TestContext.Current.CancellationToken))
        {
            await writer.ExecuteAsync("BEGIN");
            await writer.ExecuteAsync("INSERT INTO pglocks.lock_events (at, kind) VALUES (now(), 'timeout')");

            await StatsData.MaintainAsync(database);

            Assert.Null(await database.ScalarAsync<string>("SELECT to_regclass($1)::text", await TodayAsync(database, "lock_events")));
            await writer.ExecuteAsync("COMMIT");
        }
        await StatsData.MaintainAsync(database);

        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM " + await TodayAsync(database, "lock_events")));
    }

    [Fact]
    public async Task Maintain_TotalsLackOnlyRowsOfTheRunItself_LeavesThemToTheNext()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], 0, [1], [1]);
        await StatsData.MaintainAsync(database);
        await database.ExecuteAsync("UPDATE pglocks.instances SET written_to = written_to + interval '10 seconds'");
        await stats.AddAsync(key, stats.Instances[0], 65, [1], [1]);

        Assert.Null(await database.ScalarAsync<string?>("SELECT pglocks.maintain(now() - interval '30 seconds')"));
        Assert.Equal(1, await AcquiredAsync());
        Assert.StartsWith("totals added", await database.ScalarAsync<string?>("SELECT pglocks.maintain(now())"), StringComparison.Ordinal);
        Assert.Equal(2, await AcquiredAsync());

        Task<long> AcquiredAsync() => database.ScalarAsync<long>("SELECT acquired FROM pglocks.lock_totals WHERE dimension = 'key'");
    }

    [Fact]
    public async Task Maintain_AnotherSessionIsAtIt_DoesNothing()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var other = await database.OpenAsync(TestContext.Current.CancellationToken);
        await other.ExecuteAsync("BEGIN");
        await other.ExecuteAsync("SELECT pg_advisory_xact_lock(5784676141072207444)");
        await database.ExecuteAsync("DROP TABLE " + await TodayAsync(database, "lock_events"));

        Assert.Empty(await StatsData.MaintainAsync(database));
        Assert.Null(await database.ScalarAsync<string>("SELECT to_regclass($1)::text", await TodayAsync(database, "lock_events")));
    }

    [Fact]
    public async Task Maintain_DayOlderThanAWeek_BecomesOneRowAnHourAndLosesNothing()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var random = new Random(20261122);
        foreach (var key in (long[])[await stats.KeyAsync("miner", "EURUSD", 5), await stats.KeyAsync("miner", "BTCUSD", 6)])
        {
            for (var row = 0; row < 60; row++)
            {
                long[] waits = [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.NextInt64(1_000_000))];
                long[] holds = [.. waits.Select(_ => random.NextInt64(1_000_000_000))];
                await stats.AddAsync(key, stats.Instances[row % 2], (-9 * Day) + (random.Next(5) * 3600) + row, waits, holds, timedOut: row % 3, contendedSlot: row % 2);
            }
        }
        var before = await database.ScalarAsync<string>(Sums);
        var figures = await database.ScalarAsync<string>("SELECT jsonb_agg(to_jsonb(s) ORDER BY pair)::text FROM pglocks.key_stats s");

        var steps = await StatsData.MaintainAsync(database);

        Assert.Contains(steps, step => step.EndsWith("rolled up to the hour", StringComparison.Ordinal));
        Assert.Equal(before, await database.ScalarAsync<string>(Sums));
        Assert.True(await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_stats") < 60);
        Assert.True(await database.ScalarAsync<bool>("SELECT bool_and(interval_start = date_trunc('hour', interval_start) AND interval_ms >= 3600000) FROM pglocks.lock_stats"));
        Assert.Equal(figures, await database.ScalarAsync<string>("SELECT jsonb_agg(to_jsonb(s) ORDER BY pair)::text FROM pglocks.key_stats s"));
        Assert.Empty(await StatsData.MaintainAsync(database));
    }

    [Fact]
    public async Task Maintain_OlderThanWhatIsKept_DropsTheDayAndLeavesItOutOfTheFigures()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        var gone = await stats.KeyAsync("gone", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], -40 * Day, [1_000_000], [1]);
        await stats.AddAsync(gone, stats.Instances[0], -40 * Day, [1_000_000], [1]);
        await stats.AddAsync(key, stats.Instances[0], -1 * Day, [10], [1]);
        await database.ExecuteAsync("INSERT INTO pglocks.lock_events (at, kind) VALUES (now() - interval '40 days', 'timeout')");
        await StatsData.MaintainAsync(database);
        Assert.Equal(2L, (await stats.RowAsync("pglocks.key_stats WHERE hotkey = 'miner'"))["acquired"]);
        await database.ExecuteAsync("UPDATE pglocks.retention SET drop_after_days = 30, pruned_on = NULL");

        var steps = await StatsData.MaintainAsync(database);

        Assert.Equal(2, steps.Count(step => step.EndsWith(" dropped", StringComparison.Ordinal)));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_events"));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_stats"));
        var row = await stats.RowAsync("pglocks.key_stats");
        Assert.Equal((1L, 10L, 10L), ((long)row["acquired"], (long)row["wait_max_ns"], (long)row["wait_p99_ns"]));
    }

    [Fact]
    public async Task Maintain_LateRowsOfADayThatWasRolledUp_AreCounted()
    {
        await using var database = await server.CreateDatabaseAsync();
        var stats = new StatsData(database);
        var key = await stats.KeyAsync("miner", "EURUSD");
        await stats.AddAsync(key, stats.Instances[0], -9 * Day, [10], [1]);
        await database.ExecuteAsync("UPDATE pglocks.instances SET written_to = now() - interval '10 days' WHERE instance_id = $1", stats.Instances[1]);
        await StatsData.MaintainAsync(database);

        await stats.AddAsync(key, stats.Instances[1], -9 * Day, [30], [1]);
        await database.ExecuteAsync("UPDATE pglocks.instances SET written_to = now()");
        Assert.Equal(2L, (await stats.RowAsync("pglocks.key_stats"))["acquired"]);
        await StatsData.MaintainAsync(database);

        var row = await stats.RowAsync("pglocks.key_stats");
        Assert.Equal((2L, 30L), ((long)row["acquired"], (long)row["wait_max_ns"]));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT sum(acquired)::int8 FROM pglocks.lock_stats"));
    }

    [Theory]
    [InlineData("rollup_after_days = 0")]
    [InlineData("rollup_after_days = 91")]
    [InlineData("drop_after_days = 6")]
    [InlineData("drop_after_days = 4000")]
    public async Task Retention_BadValue_IsRefused(string value)
    {
        await using var database = await server.CreateDatabaseAsync();

        Assert.Equal("23514", (await Refusal.OfAsync(() => database.ExecuteAsync("UPDATE pglocks.retention SET " + value))).SqlState);
    }

    private static async Task<string> TodayAsync(TestDatabase database, string parent) =>
        (await database.ScalarAsync<string>("SELECT 'pglocks.' || partition FROM pglocks.day_partitions() WHERE parent = $1 AND day = pglocks.utc_today()"
            + " UNION ALL SELECT 'pglocks.' || $1 || to_char(pglocks.utc_today(), '_YYYYMMDD') LIMIT 1", parent))!;
}
