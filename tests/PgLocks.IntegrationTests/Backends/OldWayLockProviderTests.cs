using PgLocks.Backends;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>One dictionary of locks in a coordinator, every access a round trip.</summary>
public sealed class OldWayLockProviderTests : CoordinatorLockProviderContract
{
    protected override string Backend => "old-way";

    [Fact]
    public async Task Kill_CoordinatorProcess_LosesLeasesAndASuccessorTakesItsPath()
    {
        var path = Target + "2";
        await using var process = ChildProcess.Dotnet("tests/PgLocks.TestWorker/PgLocks.TestWorker.dll", "coordinate", path);
        await process.WaitForLineAsync("started");
        var provider = await BackendProviders.StartAsync(Backend, path);
        await using var end = (IAsyncDisposable)provider;
        await using var lease = await provider.AcquireAsync(Key, Patience);

        var lost = lease.LostToken;
        process.Signal(ProcessSignal.Kill);

        await Eventually.ThatAsync(() => lost.IsCancellationRequested, because: "the socket is closed");
        await process.WaitForExitAsync();
        await using var successor = LockCoordinator.Start(new LockCoordinatorOptions { SocketPath = path });
        await using var next = await provider.AcquireAsync(Key, Patience);
        Assert.True(next.FencingToken > lease.FencingToken, $"{next.FencingToken} after {lease.FencingToken}");
    }

    [Fact]
    public async Task StartAsync_NobodyListens_SaysSo()
    {
        var failure = await Assert.ThrowsAsync<PgLockException>(() => BackendProviders.StartAsync(Backend, Target + "3"));

        Assert.Contains(Target + "3", failure.Message, StringComparison.Ordinal);
    }
}
