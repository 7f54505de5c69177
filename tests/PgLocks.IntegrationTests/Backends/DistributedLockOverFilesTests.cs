using Medallion.Threading;
using PgLocks.AdminTool.Demo;
using PgLocks.Backends;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>The adapter stands on any lock provider.</summary>
public sealed class DistributedLockOverFilesTests
{
    [Fact]
    public async Task Acquire_OverLockFiles_Excludes()
    {
        await using var folder = await TemporaryFolder.CreateAsync("pglocks");
        await using var files = await FileLockProvider.StartAsync(new FileLockOptions { Folder = folder.Path });
        await using var others = await FileLockProvider.StartAsync(new FileLockOptions { Folder = folder.Path });

        await using (await files.AsDistributedLockProvider().AcquireLockAsync("orders"))
            Assert.Null(others.AsDistributedLockProvider().TryAcquireLock("orders"));

        await using var handle = await others.AsDistributedLockProvider().TryAcquireLockAsync("orders", TimeSpan.FromSeconds(30));
        Assert.NotNull(handle);
    }
}
