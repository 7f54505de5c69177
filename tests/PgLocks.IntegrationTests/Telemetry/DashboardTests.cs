using System.Diagnostics.Metrics;
using System.Text.Json;
using Npgsql;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Telemetry;

public sealed class DashboardTests(PostgresServer server) : IAsyncLifetime
{
    private readonly JsonElement _dashboard = Dashboard.Read();
    private TestDatabase _database = null!;
    private PgLockProvider _provider = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _provider = await _database.StartProviderAsync(options =>
        {
            options.TelemetryInterval = Timeout.InfiniteTimeSpan;
            options.LongHoldThreshold = TimeSpan.FromMilliseconds(10);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Queries_OfTheDashboard_RunForAReaderAndShowWhatHappens()
    {
        await using var held = await HoldAndWaitAsync();
        var rows = new Dictionary<string, int>();
        await using var connection = await _database.OpenAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync("SET ROLE pglocks_reader");

        foreach (var sql in Queries())
            rows[sql] = await RowsAsync(connection, Dashboard.Expand(sql));

        Assert.True(rows.Count >= 14, $"only {rows.Count} queries");
        Assert.All(
            rows.Where(query => !query.Key.Contains("current_waiters", StringComparison.Ordinal) && !query.Key.Contains("'terminate'", StringComparison.Ordinal)),
            query => Assert.True(query.Value > 0, $"no row: {query.Key}"));
    }

    [Fact]
    public async Task TimeSeries_OfTheDashboard_HaveATimeFirst()
    {
        await using var connection = await _database.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var target in Targets("time_series"))
        {
            await using var command = new NpgsqlCommand(Dashboard.Expand(target.GetProperty("rawSql").GetString()!), connection);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            Assert.Equal("time", reader.GetName(0));
        }
    }

    [Fact]
    public async Task Metrics_OfTheDashboard_ExistInTheMeter()
    {
        var space = $"dashboard-{Guid.NewGuid():N}";
        await _database.ExecuteAsync("SELECT pglocks.create_space($1, 16)", space);
        using var measured = new Measurements(space);
        await using var provider = await _database.StartProviderAsync(options => (options.Space, options.TelemetryInterval) = (space, Timeout.InfiniteTimeSpan));
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
        await provider.Instance.FlushAsync(TestContext.Current.CancellationToken);
        measured.Observe();
        var known = measured.Instruments.Values.Select(instrument => Dashboard.PrometheusName(instrument.Name, instrument.Unit!, IsCounter(instrument)))
            .Concat(measured.Tags.Select(tag => tag.Tag.Replace('.', '_'))).ToHashSet();

        var used = Dashboard.All(_dashboard, "expr").SelectMany(Dashboard.Names).ToHashSet();

        Assert.True(used.Count > 20, $"only {used.Count} names");
        Assert.Empty(used.Except(known));
    }

    [Fact]
    public void Panels_OfTheDashboard_DoNotOverlapAndHaveIdsOfTheirOwn()
    {
        var panels = _dashboard.GetProperty("panels").EnumerateArray().ToArray();
        var cells = panels.SelectMany(panel => Cells(panel.GetProperty("gridPos"))).ToArray();

        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(cells.Length, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 23));
    }

    private static bool IsCounter(Instrument instrument) => instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>);

    private static IEnumerable<(int X, int Y)> Cells(JsonElement place) =>
        from x in Enumerable.Range(place.GetProperty("x").GetInt32(), place.GetProperty("w").GetInt32())
        from y in Enumerable.Range(place.GetProperty("y").GetInt32(), place.GetProperty("h").GetInt32())
        select (x, y);

    private static async Task<int> RowsAsync(NpgsqlConnection connection, string sql)
    {
        Assert.DoesNotContain('$', sql);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = 0;
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows++;
        return rows;
    }

    private IEnumerable<string> Queries() => Dashboard.All(_dashboard, "rawSql")
        .Concat(_dashboard.GetProperty("templating").GetProperty("list").EnumerateArray()
            .Where(variable => variable.GetProperty("type").GetString() == "query").Select(variable => variable.GetProperty("query").GetString()!));

    private IEnumerable<JsonElement> Targets(string format) => _dashboard.GetProperty("panels").EnumerateArray()
        .Where(panel => panel.TryGetProperty("targets", out _)).SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
        .Where(target => target.TryGetProperty("format", out var given) && given.GetString() == format);

    /// <summary>A hold past the threshold, and a timeout behind it, in the tables.</summary>
    private async Task<LockLease> HoldAndWaitAsync()
    {
        (await _provider.AcquireAsync(TestKeys.Key)).Dispose();
        var lease = await _provider.AcquireAsync(TestKeys.Key);
        await Assert.ThrowsAsync<LockTimeoutException>(() => _provider.AcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(30)).AsTask());
        await Eventually.ThatAsync(
            async () => await _provider.Instance.FlushAsync(TestContext.Current.CancellationToken) && await _database.ScalarAsync<long>("SELECT count(*) FROM pglocks.long_held") > 0,
            because: "the hold is in the tables");
        return lease;
    }
}
