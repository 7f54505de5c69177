using PgLocks.AdminTool.CommandLine;

namespace PgLocks.Tests.AdminTool;

public sealed class LockTargetTests
{
    [Fact]
    public void Parse_Number_IsASlot() => Assert.Equal(new LockTarget(17, null), LockTarget.Parse("17"));

    [Theory]
    [InlineData("5GhC/EURUSD", "5GhC", "EURUSD")]
    [InlineData("5GhC:EURUSD", "5GhC", "EURUSD")]
    [InlineData("17/EURUSD", "17", "EURUSD")]
    [InlineData("a/b:c/d", "a/b", "c/d")]
    [InlineData("@a/b", "@a", "b")]
    public void Parse_TwoParts_IsAKey(string text, string hotkey, string pair) =>
        Assert.Equal(new LockTarget(null, new PositionKey(hotkey, pair)), LockTarget.Parse(text));

    [Theory]
    [InlineData("5GhC")]
    [InlineData("-1")]
    [InlineData("")]
    public void Parse_Neither_IsRefused(string text) => Assert.Throws<FormatException>(() => LockTarget.Parse(text));

    [Theory]
    [InlineData("/EURUSD")]
    [InlineData("5GhC/")]
    public void Parse_EmptyPart_IsRefusedByTheRulesOfKeys(string text) => Assert.Throws<ArgumentException>(() => LockTarget.Parse(text));
}
