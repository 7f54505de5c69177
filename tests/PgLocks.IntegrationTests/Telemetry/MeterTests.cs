using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Telemetry;

public sealed class MeterTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly (string Name, string Unit)[] Names =
    [
        ("pglocks.acquire.wait.bucket", "{acquisition}"), ("pglocks.acquire.wait.quantile", "s"), ("pglocks.acquire.wait.time", "s"),
        ("pglocks.acquisitions", "{acquisition}"), ("pglocks.acquisitions.contended", "{acquisition}"), ("pglocks.keys", "{key}"),
        ("pglocks.lease.hold.bucket", "{lease}"), ("pglocks.lease.hold.quantile", "s"), ("pglocks.lease.hold.time", "s"), ("pglocks.leases.lost", "{lease}"),
        ("pglocks.sessions", "{session}"), ("pglocks.slot.gains", "{gain}"), ("pglocks.slot.losses", "{slot}"), ("pglocks.slot.yields", "{yield}"),
        ("pglocks.slots.owned", "{slot}"), ("pglocks.telemetry.dropped", "{item}"), ("pglocks.waiters", "{waiter}"),
    ];

    private readonly string _space = $"meter-{Guid.NewGuid():N}";
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        await _database.ExecuteAsync("SELECT pglocks.create_space($1, 16)", _space);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Meter_AfterAcquisitions_CountsWhatCallersDid()
    {
        using var measured = new Measurements(_space);
        await using var provider = await StartAsync();
        var position = provider.GetLock("5GhC", "EURUSD");
        for (var i = 0; i < 100; i++)
            (await position.AcquireAsync()).Dispose();
        var lease = await position.AcquireAsync();
        await Assert.ThrowsAsync<LockTimeoutException>(() => position.AcquireAsync(TimeSpan.FromMilliseconds(20)).AsTask());
        var wait = position.AcquireAsync().AsTask();

        Assert.Equal((1, 1, 1), (measured.Observe()["pglocks.waiters"], measured["pglocks.slots.owned"], measured["pglocks.keys"]));
        lease.Dispose();
        (await wait).Dispose();
        await FlushAsync(provider);
        measured.Observe();

        Assert.Equal((102, 1), (measured["pglocks.acquisitions", "granted"], measured["pglocks.acquisitions", "timed_out"]));
        Assert.Equal((102, 102), (measured["pglocks.acquire.wait.bucket", "+Inf"], measured["pglocks.lease.hold.bucket", "+Inf"]));
        Assert.Equal((1, 0), (measured["pglocks.acquisitions.contended", "key"], measured["pglocks.acquisitions.contended", "slot"]));
        Assert.Equal((0, 0, 0), (measured["pglocks.waiters"], measured["pglocks.leases.lost"], measured["pglocks.telemetry.dropped", "acquisitions"]));
        Assert.True(measured["pglocks.acquire.wait.time"] >= measured["pglocks.acquire.wait.quantile", "1"]);
        Assert.True(measured["pglocks.lease.hold.quantile", "0.99"] >= measured["pglocks.lease.hold.quantile", "0.5"]);
    }

    [Fact]
    public async Task Meter_NamesUnitsAndTags_AreThoseOfTheDocument()
    {
        using var measured = new Measurements(_space);
        await using var provider = await StartAsync();
        (await provider.AcquireAsync(new PositionKey("5GhC", "EURUSD"))).Dispose();
        await FlushAsync(provider);
        measured.Observe();

        Assert.Equal(Names, measured.Instruments.Values.Select(instrument => (instrument.Name, instrument.Unit!)).Order());
        Assert.Equal(
            ["le", "pglocks.cause", "pglocks.handover", "pglocks.kind", "pglocks.outcome", "pglocks.role", "pglocks.space", "quantile"],
            measured.Tags.Select(tag => tag.Tag).Distinct().Order());
        Assert.DoesNotContain(measured.Tags, tag => tag.Value.Contains("5GhC", StringComparison.Ordinal));
        var document = await File.ReadAllTextAsync(Path.Combine(SolutionPaths.Root, "docs", "observability.md"));
        Assert.All(Names, name => Assert.Contains($"`{name.Name}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Meter_SlotsAndSessions_FollowWhatHappens()
    {
        using var measured = new Measurements(_space);
        await using var owner = await StartAsync();
        var key = new PositionKey("5GhC", "EURUSD");
        (await owner.AcquireAsync(key)).Dispose();
        await Eventually.ThatAsync(() => measured.Observe()["pglocks.sessions", "listener"] == 1, because: "the listener is connected");
        Assert.Equal((1, 0, 1), (measured["pglocks.slot.gains", "clean"] + measured["pglocks.slot.gains", "unclean"], measured["pglocks.slot.yields"], measured["pglocks.sessions", "home"]));

        var classId = await _database.ScalarAsync<int>("SELECT class_id FROM pglocks.spaces WHERE name = $1", _space);
        await using (var foreign = await _database.OpenForeignAsync())
        {
            await foreign.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", classId, owner.GetLock("5GhC", "EURUSD").Slot);
            Assert.Equal((1, 0), (measured.Observe()["pglocks.slot.yields"], measured["pglocks.slots.owned"]));
        }
        var lease = await owner.AcquireAsync(key, TimeSpan.FromSeconds(30));
        await _database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1::int8::oid AND objid = $2::int8::oid", (long)classId, (long)lease.Slot);

        await Eventually.ThatAsync(() => measured.Observe()["pglocks.slot.losses"] == 1, because: "the slot is lost");
        lease.Dispose();
        await FlushAsync(owner);
        Assert.Equal(1, measured.Observe()["pglocks.leases.lost"]);
    }

    [Fact]
    public async Task AcquireAsync_KeptSlotWithAListener_AllocatesNothing()
    {
        using var measured = new Measurements(_space);
        await using var provider = await StartAsync();
        var position = provider.GetLock("5GhC", "EURUSD");
        (await position.AcquireAsync()).Dispose();

        // Now and then a duration falls into a bucket that the key's histogram has no room for yet.
        var allocated = Enumerable.Range(0, 20).Select(_ => AllocatedBy(() => Cycle(position, 10_000))).ToArray();

        Assert.Contains(0, allocated);
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Cycle(PositionLock position, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var lease = position.AcquireAsync();
            (lease.IsCompletedSuccessfully ? lease.Result : lease.AsTask().Result).Dispose();
        }
    }

    private static Task<bool> FlushAsync(PgLockProvider provider) => provider.Instance.FlushAsync(TestContext.Current.CancellationToken);

    private Task<PgLockProvider> StartAsync() => _database.StartProviderAsync(options =>
    {
        options.Space = _space;
        options.TelemetryInterval = Timeout.InfiniteTimeSpan;
    });
}
