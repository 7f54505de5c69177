using CsCheck;
using PgLocks.Backends.DistributedLock;

namespace PgLocks.Tests.Backends;

public sealed class NameKeyTests
{
    [Theory]
    [InlineData("5GhC:EURUSD", "5GhC", "EURUSD")]
    [InlineData("a:b:c", "a", "b:c")]
    [InlineData("orders", "~", "=orders")]
    [InlineData("", "~", "=")]
    [InlineData(":EURUSD", "~", "=:EURUSD")]
    [InlineData("5GhC:", "~", "=5GhC:")]
    [InlineData("~:=orders", "~", "=~:=orders")]
    public void Of_Name_IsThatPositionOrOneOfTheReservedHotkey(string name, string hotkey, string pair) =>
        Assert.Equal(new PositionKey(hotkey, pair), NameKey.Of(name));

    [Fact]
    public void Of_NamesThatNoKeyCanHave_AreDigestsThatDiffer()
    {
        string[] names = ["line\nbreak", "\0", "\ud800", "\ud801", "\udc00", new string('x', 256), new string('x', 100_000), new string('é', 128), "a:" + new string('y', 257)];

        var keys = names.Select(NameKey.Of).ToArray();

        Assert.All(keys, key => Assert.Equal(("~", 65, '#'), (key.MinerHotkey, key.TradePairId.Length, key.TradePairId[0])));
        Assert.Equal(names.Length, keys.Distinct().Count());
    }

    [Fact]
    public void Of_AnyTwoNames_AreOneKeyOnlyIfTheyAreOneName() =>
        Gen.Select(Name, Name).Sample((one, two) => NameKey.Of(one) == NameKey.Of(two) == (one == two), iter: 5_000);

    private static Gen<string> Name => Gen.Char["~:=#ab\0\ud800é"].Array[0, 6].Select(letters => new string(letters));
}
