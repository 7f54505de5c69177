using PgLocks.AdminTool.Demo;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.TestKit;

public sealed class LeftOverTests
{
    [Theory]
    [InlineData(ProcessSignal.Kill)]
    [InlineData(ProcessSignal.Terminate)]
    [InlineData(ProcessSignal.Interrupt)]
    public async Task LocalServer_OwnerEndedBySignal_LeavesNothing(ProcessSignal signal)
    {
        await using var owner = await ServerOwner.StartAsync();

        owner.Process.Signal(signal);

        await owner.Process.WaitForExitAsync();
        await owner.NothingIsLeftAsync();
    }

    [Fact]
    public async Task LocalServer_OwnerEndsByItself_LeavesNothing()
    {
        await using var owner = await ServerOwner.StartAsync();

        owner.Process.Input.Close();

        Assert.Equal(0, await owner.Process.WaitForExitAsync());
        Assert.False(Directory.Exists(owner.Folder));
        await owner.NothingIsLeftAsync();
    }

    [Fact]
    public async Task LocalServer_Kept_OutlivesItsOwnerAndTakesTheFolderWithIt()
    {
        await using var owner = await ServerOwner.StartAsync("--keep");
        owner.Process.Input.Close();
        await owner.Process.WaitForExitAsync();
        Assert.True(UnixSignal.IsAlive(owner.ServerProcessId));

        UnixSignal.Send(owner.ServerProcessId, UnixSignal.Interrupt);

        await owner.NothingIsLeftAsync();
    }
}
