using PgLocks.AdminTool.Demo;
using PgLocks.Backends;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>The holder's expiry is 2 s here, extended while it lives.</summary>
public sealed class RedisLockProviderTests : LockProviderContract
{
    private RedisServer _server = null!;

    protected override string Backend => "redis";

    protected override string Target => _server.Configuration;

    protected override TimeSpan HeldBeyondDeath => BackendProviders.RedisExpiry / 4;

    public override async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    protected override ValueTask EndAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Stop_TheServer_CancelsTheLostToken()
    {
        await using var lease = await (await StartAsync()).AcquireAsync(Key, Patience);
        var lost = lease.LostToken;
        Assert.False(lost.IsCancellationRequested);

        UnixSignal.Send(_server.ProcessId, UnixSignal.Kill);

        await Eventually.ThatAsync(() => lost.IsCancellationRequested, because: "the expiry could not be extended");
    }

    [Fact]
    public async Task FenceAsync_OfARedisLock_IsRefused()
    {
        await using var lease = await (await StartAsync()).AcquireAsync(Key, Patience);

        await Assert.ThrowsAsync<NotSupportedException>(async () => await lease.FenceAsync(FakeTransaction.Any));
    }

    [Fact]
    public async Task StartAsync_NoServer_IsATransientFailure()
    {
        var failure = await Assert.ThrowsAsync<PgLockException>(async () => await RedisLockProvider.StartAsync(new RedisLockOptions { Configuration = $"127.0.0.1:{FreePort.Next()},connectTimeout=300" }));

        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task StartAsync_BadOptions_AreNamed()
    {
        var failure = await Assert.ThrowsAsync<PgLocksConfigurationException>(async () => await RedisLockProvider.StartAsync(new RedisLockOptions { Expiry = TimeSpan.Zero }));

        Assert.Contains("Configuration", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Expiry", failure.Message, StringComparison.Ordinal);
    }
}
