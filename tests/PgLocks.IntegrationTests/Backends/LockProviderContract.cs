using PgLocks.IntegrationTests.Faults;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>What every lock provider keeps, whatever stands behind it; one subclass each, on real servers.</summary>
public abstract partial class LockProviderContract : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _started = [];

    protected static PositionKey Key => TestKeys.Key;

    /// <summary>Long enough that only a defect waits it out.</summary>
    protected static TimeSpan Patience => TimeSpan.FromSeconds(60);

    /// <summary>Its name in <see cref="BackendProviders"/>.</summary>
    protected abstract string Backend { get; }

    /// <summary>Where its locks live.</summary>
    protected abstract string Target { get; }

    /// <summary>How long after a holder's death nobody may be granted its lock.</summary>
    protected virtual TimeSpan HeldBeyondDeath => TimeSpan.Zero;

    public abstract ValueTask InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var started in Enumerable.Reverse(_started))
            await started.DisposeAsync();
        await EndAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the server that <see cref="InitializeAsync"/> started.</summary>
    protected abstract ValueTask EndAsync();

    protected async Task<ILockProvider> StartAsync()
    {
        var provider = await BackendProviders.StartAsync(Backend, Target);
        _started.Add((IAsyncDisposable)provider);
        return provider;
    }

    private protected async Task<Worker> StartWorkerAsync(string verb = "backend-hold", params string[] more)
    {
        var worker = await Worker.StartAsync(verb, [Backend, Target, .. more]);
        _started.Add(worker);
        return worker;
    }

    [Fact]
    public async Task TryAcquireAsync_HeldByAnotherProvider_IsGrantedOnlyAfterTheRelease()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var lease = await one.AcquireAsync(Key, Patience);

        Assert.Null(await two.TryAcquireAsync(Key));
        Assert.Null(await two.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(100)));
        lease.Dispose();

        await using var next = await two.TryAcquireAsync(Key, Patience);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task TryAcquireAsync_HeldInTheSameProvider_TriesOnce()
    {
        var provider = await StartAsync();
        var lease = await provider.AcquireAsync(Key, Patience);

        Assert.Null(await provider.TryAcquireAsync(Key));
        lease.Dispose();
        await using var next = await provider.TryAcquireAsync(Key);

        Assert.NotNull(next);
    }

    [Fact]
    public async Task AcquireAsync_InOneProvider_LosesNoUpdate()
    {
        var provider = await StartAsync();
        var counter = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                await using var lease = await provider.AcquireAsync(Key, Patience);
                var seen = Volatile.Read(ref counter);
                await Task.Yield();
                Volatile.Write(ref counter, seen + 1);
            }
        })));

        Assert.Equal(80, counter);
    }

    [Fact]
    public async Task AcquireAsync_InSeveralProcesses_LosesNoUpdate()
    {
        const int Increments = 60;
        var file = Path.Combine(Path.GetTempPath(), $"pglocks-{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(file, new byte[8]);
        try
        {
            var workers = new[] { await StartWorkerAsync("backend-count", file, "4", $"{Increments}"), await StartWorkerAsync("backend-count", file, "4", $"{Increments}") };
            foreach (var worker in workers)
                await worker.TellAsync("go");
            foreach (var worker in workers)
                Assert.Equal(0, await worker.Process.WaitForExitAsync(TimeSpan.FromMinutes(2)));

            Assert.Equal(workers.Length * Increments, BitConverter.ToInt64(await File.ReadAllBytesAsync(file)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task AcquireAsync_HeldInAnotherProcess_WaitsForItsRelease()
    {
        var provider = await StartAsync();
        var worker = await StartWorkerAsync();
        var token = await worker.AcquireAsync(Key);

        Assert.Null(await provider.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(50)));
        var wait = provider.AcquireAsync(Key, Patience).AsTask();
        Assert.False(wait.IsCompleted);
        await worker.AskAsync($"release {Key.MinerHotkey}");

        await using var lease = await wait;
        Assert.True(lease.FencingToken > token, $"{lease.FencingToken} after {token}");
    }

    [Fact]
    public async Task Kill_Holder_TheNextOneIsGrantedWhenPromised()
    {
        var provider = await StartAsync();
        var worker = await StartWorkerAsync();
        var token = await worker.AcquireAsync(Key);
        var wait = provider.AcquireAsync(Key, Patience).AsTask();
        var killedAt = TimeProvider.System.GetTimestamp();

        worker.Process.Signal(ProcessSignal.Kill);

        await using var lease = await wait;
        Assert.True(TimeProvider.System.GetElapsedTime(killedAt) >= HeldBeyondDeath, "granted too early");
        Assert.True(lease.FencingToken > token, $"{lease.FencingToken} after {token}");
    }

    [Fact]
    public async Task AcquireAsync_TenThousandKeys_AreAllGrantedAndReleased()
    {
        var provider = await StartAsync();
        var keys = Enumerable.Range(0, 10_000).Select(number => new PositionKey($"miner{number}", "ETHUSD")).ToArray();
        var granted = 0;

        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (key, end) =>
        {
            await using var lease = await provider.AcquireAsync(key, Patience, end);
            Assert.Equal(key, lease.Key);
            Interlocked.Increment(ref granted);
        });

        Assert.Equal(keys.Length, granted);
        await using var other = await (await StartAsync()).AcquireAsync(keys[^1], Patience);
    }

    [Fact]
    public async Task DisposeAsync_WithALeaseHeld_LosesItAndReleasesTheLock()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var lease = await one.AcquireAsync(Key, Patience);
        var lost = lease.LostToken;

        await ((IAsyncDisposable)one).DisposeAsync();

        await Eventually.ThatAsync(() => lost.IsCancellationRequested, because: "the lease is lost with its provider");
        await using var next = await two.AcquireAsync(Key, Patience);
        lease.Dispose();
        Assert.Null(await (await StartAsync()).TryAcquireAsync(Key, TimeSpan.FromMilliseconds(50)));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await one.AcquireAsync(Key));
    }
}
