using PgLocks.AdminTool.Demo;
using PgLocks.Backends;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>As the contract, for providers whose locks are in a coordinator's dictionaries.</summary>
public abstract class CoordinatorLockProviderContract : FifoLockProviderContract
{
    private TemporaryFolder _folder = null!;
    private LockCoordinator _coordinator = null!;

    protected override string Target => _folder["locks"];

    public override async ValueTask InitializeAsync()
    {
        _folder = await TemporaryFolder.CreateAsync("pglocks");
        _coordinator = LockCoordinator.Start(new LockCoordinatorOptions { SocketPath = Target });
    }

    protected override async ValueTask EndAsync()
    {
        await _coordinator.DisposeAsync();
        await _folder.DisposeAsync();
    }

    protected override Task UntilWaitingAsync(PositionKey key, int waiters) =>
        Eventually.ThatAsync(() => _coordinator.Waiting(key) == waiters, because: $"{waiters} wait for '{key}'");

    [Fact]
    public async Task Restart_OfTheCoordinator_LosesLeasesAndNumbersGoOn()
    {
        var provider = await StartAsync();
        await using var lease = await provider.AcquireAsync(Key, Patience);
        Assert.False(lease.LostToken.IsCancellationRequested);

        await _coordinator.DisposeAsync();
        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "the coordinator has ended");
        var refused = await Assert.ThrowsAsync<PgLockException>(async () => await provider.AcquireAsync(Key, Patience));
        Assert.True(refused.IsTransient);
        _coordinator = LockCoordinator.Start(new LockCoordinatorOptions { SocketPath = Target });

        await using var next = await provider.AcquireAsync(Key, Patience);
        Assert.True(next.FencingToken > lease.FencingToken, $"{next.FencingToken} after {lease.FencingToken}");
    }

    [Fact]
    public async Task FenceAsync_OfACoordinatorsLock_IsRefused()
    {
        await using var lease = await (await StartAsync()).AcquireAsync(Key, Patience);

        await Assert.ThrowsAsync<NotSupportedException>(async () => await lease.FenceAsync(FakeTransaction.Any));
    }

    [Fact]
    public void Start_SecondCoordinatorOnThePath_IsRefused() =>
        Assert.Throws<PgLocksConfigurationException>(() => LockCoordinator.Start(new LockCoordinatorOptions { SocketPath = Target }));
}
