using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>How often a caller's way leads to the server.</summary>
public sealed class RoundTripTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_RetentionOffOneTask_TakesOneTransferACycle()
    {
        const int Cycles = 300;
        await using var provider = await _database.StartProviderAsync(options => options.Retention = Retention.Off);
        var before = provider.Instance.RoundTrips.Transfers;

        for (var i = 0; i < Cycles; i++)
            (await provider.AcquireAsync(TestKeys.Key)).Dispose();

        var transfers = provider.Instance.RoundTrips.Transfers - before;
        Assert.InRange(transfers, Cycles, 2 * Cycles);
        Assert.Equal(0, provider.Instance.RoundTrips.Waits);
    }

    [Fact]
    public async Task AcquireAsync_RetentionOffManyTasks_ShareTransfers()
    {
        const int Tasks = 64;
        const int Cycles = 40;
        await using var provider = await _database.StartProviderAsync(options => options.Retention = Retention.Off);
        var keys = TestKeys.OfSlots(Tasks);
        var before = provider.Instance.RoundTrips.Transfers;

        await Task.WhenAll(keys.Select(key => Task.Run(async () =>
        {
            for (var i = 0; i < Cycles; i++)
                (await provider.AcquireAsync(key)).Dispose();
        })));

        Assert.InRange(provider.Instance.RoundTrips.Transfers - before, Cycles, Tasks * Cycles / 4);
    }

    [Fact]
    public async Task AcquireAllAsync_ManyFreeSlots_AsksForAllOfThemTogether()
    {
        await using var provider = await _database.StartProviderAsync();
        var before = provider.Instance.RoundTrips.Transfers;

        await using var all = await provider.AcquireAllAsync(TestKeys.OfSlots(40));

        // The first may be on its way before the others are queued.
        Assert.InRange(provider.Instance.RoundTrips.Transfers - before, 1, 3);
        Assert.Equal(0, provider.Instance.RoundTrips.Waits);
    }

    [Fact]
    [Trait("Pitfall", "9: session locks are counted")]
    public async Task AcquireAsync_ManyKeysOfOneFreeSlot_AskTheServerOnce()
    {
        await using var provider = await _database.StartProviderAsync();
        var before = provider.Instance.RoundTrips.Transfers;

        var leases = await Task.WhenAll(TestKeys.OfSlot(3, 50).Select(key => provider.AcquireAsync(key).AsTask()));

        Assert.Equal(1, provider.Instance.RoundTrips.Transfers - before);
        Assert.All(leases, lease => lease.Dispose());
    }
}
