using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>Real processes, real deaths.</summary>
public sealed class ProcessTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly PositionKey Key = TestKeys.OfSlot(5, 1)[0];

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Kill_Holder_TheNextOneWaitsForTheLockDelayAndTheOldTokenIsRefused()
    {
        await using var provider = await _database.StartShortLivedAsync();
        await using var worker = await Worker.StartAsync(_database, "hold", Retention.Adaptive);
        var token = await worker.AcquireAsync(Key);
        Assert.Equal("ok", await worker.AskAsync($"fence {Key.MinerHotkey}"));
        var wait = provider.AcquireAsync(Key, TimeSpan.FromSeconds(30)).AsTask();
        await _database.UntilWaitedForAsync(5);
        var killedAt = TimeProvider.System.GetTimestamp();

        worker.Process.Signal(ProcessSignal.Kill);

        await using var lease = await wait;
        Assert.True(TimeProvider.System.GetElapsedTime(killedAt) >= TimeSpan.FromMilliseconds(1100), "granted within the lock delay");
        Assert.True(lease.FencingToken > token);
        await _database.FenceAsync(lease);
        Assert.Equal(lease.FencingToken >> 20, await _database.ScalarAsync<long>("SELECT pglocks.fence($1, 5, $2)", LockTable.ClassId, token >> 20));
    }

    [Fact]
    [Trait("Pitfall", "11: keepalives do not see a frozen process")]
    public async Task Stop_LongerThanTheServersLease_GrantsNothingOldAfterwards()
    {
        var kept = TestKeys.OfSlot(6, 1)[0];
        await using var provider = await _database.StartShortLivedAsync();
        await using var worker = await Worker.StartAsync(_database, "hold", Retention.Adaptive);
        var token = await worker.AcquireAsync(Key);
        var keptToken = await worker.AcquireAsync(kept);
        await worker.AskAsync($"release {kept.MinerHotkey}");

        worker.Process.Signal(ProcessSignal.Stop);
        await using (var lease = await provider.AcquireAsync(Key, TimeSpan.FromSeconds(30)))
        {
            Assert.True(lease.FencingToken > token);
            await _database.FenceAsync(lease);
        }
        await _database.UntilOwnedAsync(6, owned: false);
        await worker.TellAsync(Worker.AcquireOrder(kept));
        worker.Process.Signal(ProcessSignal.Continue);

        var newToken = await Worker.TokenAsync(worker.AnswerAsync(Worker.AcquireOrder(kept)));
        Assert.True(newToken >> 20 > keptToken >> 20, "the kept slot was gained anew");
        await Eventually.ThatAsync(() => worker.Process.Output.Contains($"lost {Key.MinerHotkey}"), because: "the lost token is cancelled");
        Assert.Equal(nameof(LeaseLostException), await worker.AskAsync($"fence {Key.MinerHotkey}"));
    }

    [Theory]
    [InlineData(Retention.Off)]
    [InlineData(Retention.Adaptive)]
    public async Task Count_FiftyTasksInTwoProcesses_LoseNoUpdateAndLeaveNothing(Retention retention)
    {
        const int Increments = 20_000;
        var file = Path.Combine(Path.GetTempPath(), $"pglocks-{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(file, new byte[8]);
        try
        {
            await using (var first = await _database.StartProviderAsync())
                await first.DrainAsync();
            await using var one = await Worker.StartAsync(_database, "count", retention, file, "50", $"{Increments}");
            await using var two = await Worker.StartAsync(_database, "count", retention, file, "50", $"{Increments}");
            await one.TellAsync("go");
            await two.TellAsync("go");

            Assert.Equal(0, await one.Process.WaitForExitAsync(TimeSpan.FromMinutes(2)));
            Assert.Equal(0, await two.Process.WaitForExitAsync(TimeSpan.FromMinutes(2)));

            Assert.Equal(2 * Increments, BitConverter.ToInt64(await File.ReadAllBytesAsync(file)));
            await _database.NothingIsLeftAsync();
        }
        finally
        {
            File.Delete(file);
        }
    }
}
