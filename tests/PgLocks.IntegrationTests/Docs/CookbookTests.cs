using System.Text.RegularExpressions;
using Npgsql;
using PgLocks.IntegrationTests.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Docs;

/// <summary>Every query of docs/sql-cookbook.md runs, as a reader, and answers with the columns that the page shows.</summary>
public sealed partial class CookbookTests(PostgresServer server)
{
    private const int FewestQuestions = 12;

    [Fact]
    public async Task Cookbook_EveryQuery_AnswersAsItIsShown()
    {
        await using var scene = await SceneAsync();
        await using var reader = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_reader");
        await using var session = await reader.OpenAsync();
        var page = await File.ReadAllTextAsync(Path.Combine(SolutionPaths.Root, "docs", "sql-cookbook.md"), TestContext.Current.CancellationToken);
        var questions = Question().Matches(page);

        Assert.True(questions.Count >= FewestQuestions, $"{questions.Count} questions");
        Assert.Equal(page.Split("```sql").Length - 1, questions.Count);
        foreach (Match question in questions)
        {
            var shown = question.Groups["header"].Value.Split('|').Select(name => name.Trim());
            var (columns, rows) = await AskAsync(session, question.Groups["sql"].Value);
            Assert.True(shown.SequenceEqual(columns), $"{question.Groups["title"].Value}: {string.Join(' ', columns)}");
            Assert.True(rows > 0, $"{question.Groups["title"].Value}: no row");
        }
    }

    private static async Task<(IReadOnlyList<string> Columns, int Rows)> AskAsync(NpgsqlConnection session, string sql)
    {
        await using var command = new NpgsqlCommand(sql, session);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        var rows = 0;
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows++;
        return (columns, rows);
    }

    /// <summary>Something to answer every question with.</summary>
    private async Task<LockScene> SceneAsync()
    {
        var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "BTCUSD", "90 seconds");
        await scene.WaitAsync(await scene.ProcessAsync("late", 4712), 17);
        var (one, other) = (await scene.Stats.KeyAsync("5GhC", "EURUSD", 17), await scene.Stats.KeyAsync("5Fxx", "EURUSD", 17));
        foreach (var key in new[] { one, other })
            await scene.Stats.AddAsync(key, scene.Stats.Instances[0], 0, [1, 2_000_000, 80_000_000], [1_000, 2_000, 3_000], contendedSlot: 1);
        await scene.Database.ExecuteAsync(
            """
            INSERT INTO pglocks.lock_stats
            SELECT (r).* FROM (
                SELECT jsonb_populate_record(s, jsonb_build_object('interval_start', date_trunc('day', now()) - interval '1 day' + interval '14 hours 6 minutes')) AS r
                FROM pglocks.lock_stats s) AS yesterday
            """);
        foreach (var kind in new[] { "long_hold", "timeout", "terminate" })
        {
            await scene.Database.ExecuteAsync(
                """
                INSERT INTO pglocks.lock_events (at, kind, class_id, slot, key_id, instance_id, data)
                VALUES (now(), $1, $2, 17, $3, $4, '{"duration_ns": 1500000000, "by": "op", "backend_pid": 7}')
                """,
                kind, LockScene.ClassId, one, scene.Stats.Instances[0]);
        }
        return scene;
    }

    [GeneratedRegex(@"^## (?<title>[^\n]+)\n(?:(?!## ).*\n)*?```sql\n(?<sql>[\s\S]*?)```\n\n```text\n(?<header>[^\n]+)\n", RegexOptions.Multiline)]
    private static partial Regex Question();
}
