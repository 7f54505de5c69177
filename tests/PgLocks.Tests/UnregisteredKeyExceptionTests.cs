namespace PgLocks.Tests;

public sealed class UnregisteredKeyExceptionTests
{
    [Theory]
    [InlineData(UnregisteredReason.UnknownMiner, "its miner is not registered. If it should be, run 'pglocks registry miners add 5GhC'")]
    [InlineData(UnregisteredReason.RetiredMiner, "its miner was retired. If it should be, run 'pglocks registry miners add 5GhC'")]
    [InlineData(UnregisteredReason.UnknownPair, "its trade pair is not registered. If it should be, run 'pglocks registry pairs add EURUSD'")]
    [InlineData(UnregisteredReason.RetiredPair, "its trade pair was retired. If it should be, run 'pglocks registry pairs add EURUSD'")]
    public void Message_EachReason_SaysWhyAndWhatToDo(UnregisteredReason reason, string expected)
    {
        var refused = new UnregisteredKeyException(new PositionKey("5GhC", "EURUSD"), reason);

        Assert.StartsWith($"'5GhC:EURUSD' is not locked: {expected}", refused.Message, StringComparison.Ordinal);
        Assert.Equal((reason, false), (refused.Reason, refused.IsTransient));
    }
}
