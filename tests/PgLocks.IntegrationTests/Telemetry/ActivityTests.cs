using System.Collections.Concurrent;
using System.Diagnostics;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Telemetry;

public sealed class ActivityTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly ActivitySource Orders = new("orders");

    private readonly ConcurrentQueue<Activity> _waits = [];
    private readonly ActivityListener _listener = new() { Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
    private readonly string _space = $"trace-{Guid.NewGuid():N}";
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        await _database.ExecuteAsync("SELECT pglocks.create_space($1, 16)", _space);
        _listener.ShouldListenTo = source => source.Name is "PgLocks" or "orders";
        _listener.ActivityStopped = activity =>
        {
            if (activity.GetTagItem("pglocks.space") is string space && space == _space)
                _waits.Enqueue(activity);
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return _database.DisposeAsync();
    }

    [Fact]
    public async Task AcquireAsync_KeptSlot_MakesNoActivity()
    {
        await using var provider = await StartAsync();
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
        _waits.Clear();

        for (var i = 0; i < 100; i++)
            (await provider.AcquireAsync(TestKeys.Key)).Dispose();

        Assert.Empty(_waits);
    }

    [Fact]
    public async Task AcquireAsync_WaitForTheKey_IsAChildOfTheCallersActivityWithoutTheHotkey()
    {
        await using var provider = await StartAsync();
        var lease = await provider.AcquireAsync(TestKeys.Key);
        _waits.Clear();

        using (var order = Orders.StartActivity("order"))
        {
            var wait = provider.AcquireAsync(TestKeys.Key).AsTask();
            Assert.Same(order, Activity.Current);
            lease.Dispose();
            Assert.Same(order, Activity.Current);
            (await wait).Dispose();
            Assert.Same(order, Activity.Current);
            Assert.Equal(order!.SpanId, Assert.Single(_waits).ParentSpanId);
        }

        var activity = Assert.Single(_waits);
        Assert.Equal(("pglocks.acquire", ActivityStatusCode.Unset), (activity.OperationName, activity.Status));
        Assert.Equal(("granted", lease.Slot), (activity.GetTagItem("pglocks.outcome"), activity.GetTagItem("pglocks.slot")));
        Assert.Equal(["key"], Assert.IsType<string[]>(activity.GetTagItem("pglocks.causes")));
        Assert.Equal(["pglocks.causes", "pglocks.outcome", "pglocks.slot", "pglocks.space"], activity.TagObjects.Select(tag => tag.Key).Order());
    }

    [Fact]
    public async Task AcquireAsync_TimeoutAndCancellation_SaySo()
    {
        await using var provider = await StartAsync(options => options.TraceHotkeys = true);
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        _waits.Clear();
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(20)).AsTask());
        Assert.Null(await provider.TryAcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(20)));
        var wait = provider.AcquireAsync(TestKeys.Key, cancellationToken: cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);

        Assert.Equal(["timed_out", "timed_out", "cancelled"], _waits.Select(activity => activity.GetTagItem("pglocks.outcome")));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset, ActivityStatusCode.Error], _waits.Select(activity => activity.Status));
        Assert.All(_waits, activity => Assert.Equal(
            (TestKeys.Key.MinerHotkey, TestKeys.Key.TradePairId), (activity.GetTagItem("pglocks.hotkey"), activity.GetTagItem("pglocks.pair"))));
    }

    private Task<PgLockProvider> StartAsync(Action<PgLocksOptions>? change = null) => _database.StartProviderAsync(options =>
    {
        options.Space = _space;
        change?.Invoke(options);
    });
}
