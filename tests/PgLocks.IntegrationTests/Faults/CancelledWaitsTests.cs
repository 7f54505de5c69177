using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>Very many waits that come to nothing.</summary>
public sealed class CancelledWaitsTests(PostgresServer server, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Waits = 100_000;
    private const int Callers = 256;
    private const int SlotsOfASession = 32;
    private const int SlotsOfAProcess = 8;

    private static readonly PositionKey[] Keys = [.. Enumerable.Range(0, SlotsOfASession + SlotsOfAProcess).SelectMany(slot => TestKeys.OfSlot(slot, 4))];

    private TestDatabase _database = null!;
    private int _left = Waits;
    private int _timedOut;
    private int _cancelled;
    private int _waited;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(Retention.Off)]
    [InlineData(Retention.Adaptive)]
    [Trait("Pitfall", "8: a failed wait can have been granted")]
    public async Task AcquireAsync_AHundredThousandCancelledWaits_LeaveNoLockAndNoSession(Retention retention)
    {
        await using (var provider = await _database.StartProviderAsync(options => options.Retention = retention))
        {
            await using var worker = await Worker.StartAsync(_database, "hold-long", Retention.Adaptive);
            await using var session = await _database.OpenForeignAsync();
            await session.ExecuteAsync("SELECT pg_advisory_lock($1, slot) FROM generate_series(0, $2 - 1) AS slot", LockTable.ClassId, SlotsOfASession);
            for (var slot = SlotsOfASession; slot < SlotsOfASession + SlotsOfAProcess; slot++)
                await worker.AcquireAsync(TestKeys.OfSlot(slot, 1)[0]);

            var storm = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => WaitInVainAsync(provider, new Random(caller)))));
            var mostInLine = 0L;
            while (!storm.IsCompleted)
                mostInLine = Math.Max(mostInLine, await CountAsync("NOT granted"));
            await storm;

            output.WriteLine($"{_timedOut} timed out, {_cancelled} cancelled, {_waited} of them had to wait; up to {mostInLine} in the server's line, {provider.Instance.RoundTrips.Transfers} transfers");
            Assert.Equal(Waits, _timedOut + _cancelled);
            Assert.True(_waited > Waits * 0.9, $"only {_waited} had to wait");
            Assert.True(mostInLine > 4, $"never more than {mostInLine} in the server's line");
            Assert.Equal(SlotsOfASession + SlotsOfAProcess, await CountAsync("granted"));
            await session.ExecuteAsync("SELECT pg_advisory_unlock_all()");
            for (var slot = SlotsOfASession; slot < SlotsOfASession + SlotsOfAProcess; slot++)
                await worker.AskAsync($"release {TestKeys.OfSlot(slot, 1)[0].MinerHotkey}");
            worker.Process.Input.Close();
            await worker.Process.WaitForExitAsync();

            await Eventually.EqualAsync(0, () => CountAsync("NOT granted"), because: "nobody is in line");
            await Eventually.ThatAsync(
                async () => await CountAsync("granted") == provider.Instance.Slots.Slots.Count(slot => slot.Owner is not null),
                because: "the server knows of no lock that the instance does not know of");
            if (retention == Retention.Off)
            {
                await Eventually.EqualAsync(0, () => CountAsync("granted"), because: "nobody wants a slot");
                await Eventually.EqualAsync(0, WaiterSessionsAsync, TimeSpan.FromMinutes(1), "idle waiter sessions end");
            }
            foreach (var key in Keys)
                (await provider.AcquireAsync(key, TimeSpan.FromSeconds(30))).Dispose();
        }
        await _database.NothingIsLeftAsync();
    }

    private async Task WaitInVainAsync(PgLockProvider provider, Random dice)
    {
        while (Interlocked.Decrement(ref _left) >= 0)
        {
            var key = Keys[dice.Next(Keys.Length)];
            var time = TimeSpan.FromMilliseconds(dice.Next(1, 6));
            if (dice.Next(2) == 0)
                await TimeOutAsync(provider, key, time);
            else
                await CancelAsync(provider, key, time);
        }
    }

    private async Task TimeOutAsync(PgLockProvider provider, PositionKey key, TimeSpan time)
    {
        var wait = provider.TryAcquireAsync(key, time);
        CountWaiting(wait.IsCompleted);
        Assert.Null(await wait);
        Interlocked.Increment(ref _timedOut);
    }

    private async Task CancelAsync(PgLockProvider provider, PositionKey key, TimeSpan time)
    {
        using var cancellation = new CancellationTokenSource(time, TimeProvider.System);
        var wait = provider.AcquireAsync(key, Timeout.InfiniteTimeSpan, cancellation.Token);
        CountWaiting(wait.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        Interlocked.Increment(ref _cancelled);
    }

    private void CountWaiting(bool hasEnded)
    {
        if (!hasEnded)
            Interlocked.Increment(ref _waited);
    }

    private Task<long> CountAsync(string which) => _database.ScalarAsync<long>(
        $"""
        SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
         WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.classid = {LockTable.ClassId}::oid AND l.objsubid = 2 AND l.objid < 256::oid AND {which}
        """);

    private Task<long> WaiterSessionsAsync() =>
        _database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pglocks:%:waiter'");
}
