using PgLocks.AdminTool.Demo;
using PgLocks.Backends;
using PgLocks.IntegrationTests.Locks;

namespace PgLocks.IntegrationTests.Backends;

public sealed class FileLockProviderTests : LockProviderContract
{
    private TemporaryFolder _folder = null!;

    protected override string Backend => "files";

    protected override string Target => _folder.Path;

    public override async ValueTask InitializeAsync() => _folder = await TemporaryFolder.CreateAsync("pglocks");

    protected override ValueTask EndAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_AnotherKeyOfTheSlot_IsExcludedToo()
    {
        var provider = await StartAsync();
        var keys = TestKeys.OfSlot(7, 2);

        await using (await provider.AcquireAsync(keys[0]))
            Assert.Null(await provider.TryAcquireAsync(keys[1]));
        await using var lease = await provider.TryAcquireAsync(keys[1]);

        Assert.NotNull(lease);
    }

    [Fact]
    public async Task FencingToken_AfterARestart_GoesOn()
    {
        long before;
        await using (var first = await FileLockProvider.StartAsync(new FileLockOptions { Folder = Target }))
        {
            await using var lease = await first.AcquireAsync(Key);
            before = lease.FencingToken;
        }

        await using var next = await (await StartAsync()).AcquireAsync(Key);

        Assert.Equal(before + 1, next.FencingToken);
    }

    [Fact]
    public async Task FenceAsync_OfAFile_IsRefused()
    {
        var provider = await StartAsync();
        await using var lease = await provider.AcquireAsync(Key);

        await Assert.ThrowsAsync<NotSupportedException>(async () => await lease.FenceAsync(FakeTransaction.Any));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/proc/version/locks")]
    public async Task StartAsync_FolderThatCannotBeUsed_IsRefused(string folder) =>
        await Assert.ThrowsAsync<PgLocksConfigurationException>(async () => await FileLockProvider.StartAsync(new FileLockOptions { Folder = folder }));
}
