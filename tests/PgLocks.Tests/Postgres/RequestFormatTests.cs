using PgLocks.Postgres;

namespace PgLocks.Tests.Postgres;

public sealed class RequestFormatTests
{
    private readonly RequestFormat _ours = new(Guid.NewGuid(), slotCount: 257);
    private readonly RequestFormat _others = new(Guid.NewGuid(), slotCount: 257);

    [Fact]
    public void ReadOthers_RequestOfAnother_HasItsSlots() => Assert.Equal([3, 255, 256], _ours.ReadOthers(_others.Write([3, 255, 256])));

    [Fact]
    public void ReadOthers_OwnRequest_IsNotForUs() => Assert.Empty(_ours.ReadOthers(_ours.Write([3])));

    [Fact]
    public void ReadOthers_RequestToAll_IsForUsToo() => Assert.Equal([3], _ours.ReadOthers(_ours.Write([3], toAll: true)));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("x y")]
    [InlineData("-1")]
    [InlineData("257")]
    [InlineData("99999999999")]
    [InlineData("miner retired 5GhC")]
    public void ReadOthers_NoRequest_NamesNoSlot(string payload) => Assert.Empty(_ours.ReadOthers(payload));

    [Fact]
    public void Write_MostSlots_FitsANotification() =>
        Assert.InRange(_ours.Write(Enumerable.Range(3096, RequestFormat.MostSlots)).Length, 1, 7999);
}
