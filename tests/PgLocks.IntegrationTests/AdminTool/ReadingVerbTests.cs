using System.Text.Json;
using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>What holds for every verb that only looks: the role, the formats, the timeout.</summary>
public sealed class ReadingVerbTests(PostgresServer server, ReadingVerbTests.Populated populated) : IClassFixture<ReadingVerbTests.Populated>
{
    private static readonly string[] OfSpaces =
    [
        "locks list", "locks long-held", "locks waiting", "locks show 17", "stats keys", "stats slots", "stats instances", "stats heatmap --by wait", "stats heatmap --by keys",
        "top", "top --by keys", "pool show", "pool what-if", "registry miners list", "registry pairs list", "registry keys list",
        "rollout status", "rollout compare",
    ];

    public static TheoryData<string> VerbsOfSpaces => [.. OfSpaces];

    public static TheoryData<string> All => [.. OfSpaces, "telemetry status", "migrate status", "migrate validate", "doctor"];

    [Theory]
    [MemberData(nameof(All))]
    public async Task ReadingVerb_ReaderRole_AnswersInEveryFormat(string verb)
    {
        var scene = await populated.SceneAsync(server);
        await using var reader = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_reader");

        var table = await RunAsync("table");
        var csv = await RunAsync("csv");
        var json = await RunAsync("json");

        Assert.All([table, csv, json], run => Assert.True(run.ExitCode == ExitCode.Done, run.All));
        Assert.All([table, csv, json], run => Assert.Empty(run.Errors));
        Assert.NotEmpty(table.Output);
        Assert.DoesNotContain('\u001b', table.Output);
        Assert.True(json.Json.GetProperty("ok").GetBoolean());
        var records = Records(csv.Output);
        Assert.True(records.Count > 1 || verb == "migrate validate", csv.Output);
        Assert.All(records, record => Assert.Equal(records[0].Count, record.Count));
        if (json.Json.EnumerateObject().FirstOrDefault(field => field.Value.ValueKind == JsonValueKind.Array).Value is { ValueKind: JsonValueKind.Array } list)
            Assert.Equal(records[0], list.GetArrayLength() == 0 ? ["problem"] : list[0].EnumerateObject().Select(field => field.Name));

        Task<ToolRun> RunAsync(string format) => ToolRun.OfAsync([.. verb.Split(' '), "--output", format, "--connection", reader.ConnectionString]);
    }

    [Theory]
    [MemberData(nameof(VerbsOfSpaces))]
    [InlineData("migrate status")]
    public async Task ReadingVerb_StatementTakesTooLong_EndsByItsOwnTimeout(string verb)
    {
        await using var scene = await LockScene.CreateAsync(server);
        var blocker = await scene.SessionAsync("blocker");
        await blocker.ExecuteAsync("BEGIN");
        await blocker.ExecuteAsync(
            verb.StartsWith("migrate", StringComparison.Ordinal)
                ? "LOCK TABLE pglocks.schema_versions"
                : "LOCK TABLE pglocks.held_locks, pglocks.sessions, pglocks.instances, pglocks.lock_stats, pglocks.position_keys, pglocks.miners, pglocks.trade_pairs, "
                + "pglocks.rollout_instances, pglocks.rollout_stats");

        var run = await scene.RunAsync([.. verb.Split(' '), "--timeout", "300ms", "--output", "json"]);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal("timeout", run.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("--timeout", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(VerbsOfSpaces))]
    public async Task ReadingVerb_NoRights_IsRefused(string verb)
    {
        var scene = await populated.SceneAsync(server);
        await using var nobody = await TestRole.CreateAsync(scene.Database);

        var run = await ToolRun.OfAsync([.. verb.Split(' '), "--output", "json", "--connection", nobody.ConnectionString]);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal("permission_denied", run.Json.GetProperty("error").GetProperty("code").GetString());
    }

    private static List<List<string>> Records(string csv)
    {
        List<List<string>> records = [[""]];
        var isQuoted = false;
        foreach (var character in csv.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n'))
        {
            if (character == '"')
                isQuoted = !isQuoted;
            else if (character == ',' && !isQuoted)
                records[^1].Add("");
            else if (character == '\n' && !isQuoted)
                records.Add([""]);
            else
                records[^1][^1] += character;
        }
        return records;
    }

    /// <summary>One database for all, with something for every verb to find.</summary>
    public sealed class Populated : IAsyncLifetime
    {
        private LockScene? _scene;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            if (_scene is not null)
                await _scene.DisposeAsync();
        }

        internal async Task<LockScene> SceneAsync(PostgresServer server)
        {
            if (_scene is not null)
                return _scene;
            _scene = await LockScene.CreateAsync(server);
            var orders = await _scene.ProcessAsync("orders", 4711);
            await _scene.HoldAsync(orders, 17, "5GhC, \"x\"", "EURUSD", "90 seconds");
            await _scene.WaitAsync(await _scene.ProcessAsync("late", 4712), 17);
            await orders.ExecuteAsync(
                """
                INSERT INTO pglocks.rollout_instances (instance_id, class_id, application, host, pid, old_side, new_side, lease_ms, backend_pid, backend_start)
                SELECT gen_random_uuid(), $1, 'orders', 'host-1', 4711, 'files, "x"', 'new', 3000, pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()
                """,
                LockScene.ClassId);
            await orders.ExecuteAsync("INSERT INTO pglocks.rollout_stats SELECT $1, gen_random_uuid(), 'both', 'old', 1, '{5}', '{2}', '{6}', '{2}', now()", LockScene.ClassId);
            foreach (var hotkey in new[] { "one", "two" })
                await _scene.Stats.AddAsync(await _scene.Stats.KeyAsync(hotkey, "EURUSD", 30), _scene.Stats.Instances[0], 0, [1, 2], [3, 4], contendedSlot: 1);
            return _scene;
        }
    }
}
