using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>The heatmap in a real terminal.</summary>
public sealed class HeatmapTerminalTests(PostgresServer server)
{
    private const string Colour = "\u001b[38;";

    [Fact]
    public async Task Heatmap_Terminal_DrawsTheSquareInColours()
    {
        await using var scene = await SceneAsync();
        await using var terminal = await StartAsync(scene, 100, 30);

        await terminal.RunToolAsync("stats heatmap --by hold");
        var screen = await terminal.WaitForAsync("hottest slots: 7 (");

        var square = screen.SkipWhile(line => !line.StartsWith("      0       4       8       12", StringComparison.Ordinal)).Skip(1).Take(16).ToList();
        Assert.Equal(Enumerable.Range(0, 16).Select(row => $"{16 * row,5}"), square.Select(line => line[..5]));
        Assert.Equal("██", square[0][(6 + 14)..(6 + 16)]);
        Assert.Contains(screen, line => line.StartsWith("      · none   █ up to ", StringComparison.Ordinal) && line.EndsWith(" ms", StringComparison.Ordinal));
        Assert.Contains(await terminal.ScreenAsync(withColours: true), line => line.Contains(Colour, StringComparison.Ordinal) && line.Contains("██", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("NO_COLOR=1", "")]
    [InlineData("", " | cat")]
    public async Task Heatmap_ColoursNotWanted_DrawsDensities(string before, string after)
    {
        await using var scene = await SceneAsync();
        await using var terminal = await StartAsync(scene, 100, 30);

        await terminal.TypeAsync($"export {(before.Length == 0 ? "A=1" : before)}");
        await terminal.RunToolAsync($"stats heatmap --by acquired{after}");
        await terminal.WaitForAsync("hottest slots: 7 (2), 9 (1)");

        var screen = await terminal.ScreenAsync(withColours: true);
        Assert.DoesNotContain(screen, line => line.Contains(Colour, StringComparison.Ordinal));
        Assert.Contains(screen, line => line.Contains("██· ░░· ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Heatmap_PoolTooWideForTheTerminal_IsFolded()
    {
        await using var scene = await SceneAsync();
        await scene.Database.ExecuteAsync("UPDATE pglocks.spaces SET pool_size = 1024");
        await using var terminal = await StartAsync(scene, 60, 50);

        await terminal.RunToolAsync("stats heatmap --by keys");
        var screen = await terminal.WaitForAsync("hottest slots: ");

        Assert.Contains(screen, line => line.StartsWith("  992 ", StringComparison.Ordinal) && line.Length == 6 + 32);
        Assert.All(screen, line => Assert.True(line.Length <= 60));
    }

    private static Task<Terminal> StartAsync(LockScene scene, int width, int height) =>
        Terminal.StartAsync(width, height, [new("PGLOCKS_CONNECTION", scene.Database.ConnectionString)]);

    private async Task<LockScene> SceneAsync()
    {
        var scene = await LockScene.CreateAsync(server);
        await scene.Stats.AddAsync(await scene.Stats.KeyAsync("one", "EURUSD", 7), scene.Stats.Instances[0], 0, [1, 1], [80_000_000, 90_000_000]);
        await scene.Stats.AddAsync(await scene.Stats.KeyAsync("two", "EURUSD", 9), scene.Stats.Instances[0], 0, [1], [70_000_000]);
        return scene;
    }
}
