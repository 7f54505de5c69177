using System.Text.Json;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class PoolTests(PostgresServer server)
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public async Task Show_KeysThatShareASlot_AreShownWithTheirCollisions()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var late = await scene.Stats.KeyAsync("late", "EURUSD", 7);
        await scene.Stats.KeyAsync("quick", "EURUSD", 9);
        await scene.Stats.KeyAsync("third", "EURUSD", 7);
        await scene.Stats.AddAsync(late, scene.Stats.Instances[0], 0, [Millisecond, 1], [Millisecond, 1], contendedSlot: 2);
        var orders = await scene.ProcessAsync("orders", 4711);
        await LockScene.GainAsync(orders, 7);
        _ = await scene.WaitAsync(await scene.ProcessAsync("late", 4712), 7);

        var pool = (await scene.RunAsync("pool", "show", "--output", "json")).Json;

        Assert.Equal(256, pool.GetProperty("pool_size").GetInt32());
        Assert.Equal(3, pool.GetProperty("keys").GetInt64());
        Assert.Equal(1, pool.GetProperty("slots_shared").GetInt32());
        Assert.Equal(2, pool.GetProperty("contended_slot").GetInt64());
        Assert.Equal((1, 1), (pool.GetProperty("slots_owned").GetInt32(), pool.GetProperty("waiters").GetInt32()));
        Assert.Equal(7, Assert.Single(pool.GetProperty("slots").EnumerateArray()).GetProperty("slot").GetInt32());
        Assert.Contains("slots that keys share", (await scene.RunAsync("pool", "show")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIf_TwoKeysOfTwoProcesses_MeetOnlyWhereTheyShareASlot()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var partner = await PartnerAsync(scene);
        var one = await scene.Stats.KeyAsync("a0", "EURUSD");
        var other = await scene.Stats.KeyAsync(partner, "EURUSD");
        // In a window of one second, each is acquired twice and held for 100 ms in all: each acquisition meets the other key with p = 0.1.
        await scene.Stats.AddAsync(one, scene.Stats.Instances[0], 0, [1, 1], [50 * Millisecond, 50 * Millisecond]);
        await scene.Stats.AddAsync(other, scene.Stats.Instances[1], 0, [1, 1], [50 * Millisecond, 50 * Millisecond], contendedSlot: 1);

        var estimates = (await scene.RunAsync("pool", "what-if", "--output", "json")).Json.GetProperty("estimates").EnumerateArray().ToList();

        Assert.Equal([64, 128, 256, 512, 1024, 2048, 4096], estimates.Select(row => row.GetProperty("pool_size").GetInt32()));
        Assert.Equal(0.4, estimates[0].GetProperty("expected_contended_slot").GetDouble(), 1e-9);
        Assert.Equal(0.1, estimates[0].GetProperty("expected_contended_slot_ratio").GetDouble(), 1e-9);
        Assert.All(estimates.Skip(1), row => Assert.Equal(0, row.GetProperty("expected_contended_slot").GetDouble(), 1e-9));
        Assert.Equal(["256 1 0.25"], estimates.Where(row => row.GetProperty("observed_contended_slot").ValueKind == JsonValueKind.Number)
            .Select(row => FormattableString.Invariant($"{row.GetProperty("pool_size").GetInt32()} {row.GetProperty("observed_contended_slot").GetInt64()} {row.GetProperty("observed_contended_slot_ratio").GetDouble()}")));
        Assert.Contains("At the present 256 slots 0 collisions were to be expected, and 1 were recorded", (await scene.RunAsync("pool", "what-if")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIf_KeysThatAreNeverHeldInTheSameMinute_DoNotMeet()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var one = await scene.Stats.KeyAsync("a0", "EURUSD");
        var other = await scene.Stats.KeyAsync(await PartnerAsync(scene), "EURUSD");
        await scene.Stats.AddAsync(one, scene.Stats.Instances[0], 0, [1], [900 * Millisecond]);
        await scene.Stats.AddAsync(other, scene.Stats.Instances[1], -120, [1], [900 * Millisecond]);

        var smallest = (await scene.RunAsync("pool", "what-if", "--output", "json")).Json.GetProperty("estimates")[0];

        Assert.Equal(1, smallest.GetProperty("slots_shared").GetInt32());
        Assert.Equal(0, smallest.GetProperty("expected_contended_slot").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task WhatIf_HeldForLongerThanTheTimeLookedAt_MeetsForCertainAndNoMore()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var one = await scene.Stats.KeyAsync("a0", "EURUSD");
        var other = await scene.Stats.KeyAsync(await PartnerAsync(scene), "EURUSD");
        await scene.Stats.AddAsync(one, scene.Stats.Instances[0], 0, [1, 1, 1], [Millisecond, Millisecond, Millisecond]);
        await scene.Stats.AddAsync(other, scene.Stats.Instances[1], 0, [1], [40_000 * Millisecond]);

        var smallest = (await scene.RunAsync("pool", "what-if", "--output", "json")).Json.GetProperty("estimates")[0];

        Assert.Equal(3.003, smallest.GetProperty("expected_contended_slot").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task WhatIf_PoolOfAnUnusualSize_IsEstimatedToo()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync("UPDATE pglocks.spaces SET pool_size = 32");
        await scene.Stats.AddAsync(await scene.Stats.KeyAsync("a0", "EURUSD"), scene.Stats.Instances[0], 0, [1], [Millisecond]);

        var run = await scene.RunAsync("pool", "what-if", "--output", "json");

        Assert.Equal([32, 64, 128, 256, 512, 1024, 2048, 4096], run.Json.GetProperty("estimates").EnumerateArray().Select(row => row.GetProperty("pool_size").GetInt32()));
    }

    [Fact]
    public async Task WhatIf_NothingRecorded_SaysSo()
    {
        await using var scene = await LockScene.CreateAsync(server);

        Assert.StartsWith("Nothing was recorded in space 'default' in the last 1 h.", (await scene.RunAsync("pool", "what-if")).Output.Split('\n')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIf_TwoKeysOfOneProcess_NeverMeet()
    {
        await using var scene = await LockScene.CreateAsync(server);
        foreach (var n in Enumerable.Range(0, 130))
        {
            var key = await scene.Stats.KeyAsync($"miner-{n}", "EURUSD");
            await scene.Stats.AddAsync(key, scene.Stats.Instances[0], 0, [1], [50 * Millisecond]);
        }

        var smallest = (await scene.RunAsync("pool", "what-if", "--output", "json")).Json.GetProperty("estimates")[0];

        Assert.True(smallest.GetProperty("slots_shared").GetInt32() > 0);
        Assert.Equal(0, smallest.GetProperty("expected_contended_slot").GetDouble(), 1e-6);
    }

    /// <summary>A hotkey that shares the last 6 bits of the digest with 'a0' and differs in the next one: one slot of 64, two of 128.</summary>
    private static async Task<string> PartnerAsync(LockScene scene) => (await scene.Database.ScalarAsync<string>(
        """
        SELECT 'b' || n FROM generate_series(1, 100000) AS n
        WHERE pglocks.slot_in_pool('b' || n || ':EURUSD', 64) = pglocks.slot_in_pool('a0:EURUSD', 64)
          AND pglocks.slot_in_pool('b' || n || ':EURUSD', 128) <> pglocks.slot_in_pool('a0:EURUSD', 128)
        ORDER BY n LIMIT 1
        """))!;
}
