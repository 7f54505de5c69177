using System.Text;

namespace PgLocks.Tests.Keys;

public sealed class PositionKeyTests
{
    private const string Hotkey = "5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t";

    public static TheoryData<string, string> BadParts => new()
    {
        { "", "was empty" },
        { "a\0b", "U+0000 at index 1" },
        { "\u001b[31m", "U+001B at index 0" },
        { "line\n", "U+000A at index 4" },
        { "del\u007f", "U+007F" },
        { "next\u0085", "U+0085" },
        { "high\ud83d", "lone surrogate U+D83D at index 4" },
        { "\ude00low", "lone surrogate U+DE00 at index 0" },
        { "\ude00\ud83d", "lone surrogate U+DE00 at index 0" },
        { new string('x', 257), "but was 257" },
        { new string('é', 129), "but was 258" },
        { new string('x', 10_240), "but was 10240" },
    };

    public static TheoryData<string> GoodParts => new(
        "a", "with space", "5GhC…", "矿工", "😀", new string('x', 256), new string('é', 128), string.Concat(Enumerable.Repeat("😀", 64)), "\ufeff", "\uffff");

    [Theory]
    [MemberData(nameof(GoodParts))]
    public void Constructor_GoodPart_KeepsItAsItIs(string part)
    {
        var key = new PositionKey(part, part);

        Assert.Equal(part, key.MinerHotkey);
        Assert.Equal(part, key.TradePairId);
        Assert.Equal($"{part}:{part}", key.ToString());
    }

    [Theory]
    [MemberData(nameof(BadParts))]
    public void Constructor_BadHotkey_NamesPartAndRule(string part, string rule)
    {
        var refused = Assert.ThrowsAny<ArgumentException>(() => new PositionKey(part, "EURUSD"));

        Assert.Equal("minerHotkey", refused.ParamName, ignoreCase: true);
        Assert.Contains(rule, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadParts))]
    public void Constructor_BadPair_NamesPartAndRule(string part, string rule)
    {
        var refused = Assert.ThrowsAny<ArgumentException>(() => new PositionKey(Hotkey, part));

        Assert.Equal("tradePairId", refused.ParamName, ignoreCase: true);
        Assert.Contains(rule, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadParts))]
    public void With_BadPart_IsRefusedAsWell(string part, string rule)
    {
        var key = new PositionKey(Hotkey, "EURUSD");

        var hotkey = Assert.ThrowsAny<ArgumentException>(() => key with { MinerHotkey = part });
        var pair = Assert.ThrowsAny<ArgumentException>(() => key with { TradePairId = part });

        Assert.Contains(rule, hotkey.Message, StringComparison.Ordinal);
        Assert.Contains(rule, pair.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadParts))]
    public void Constructor_BadPart_MessageIsShortAndPrintable(string part, string rule)
    {
        var refused = Assert.ThrowsAny<ArgumentException>(() => new PositionKey(part, "EURUSD"));

        Assert.True(refused.Message.Length < 400, rule);
        Assert.DoesNotContain(refused.Message, c => char.IsControl(c) || char.IsSurrogate(c));
    }

    [Fact]
    public void Constructor_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => new PositionKey(null!, "EURUSD"));
        Assert.Throws<ArgumentNullException>(() => new PositionKey(Hotkey, null!));
    }

    [Fact]
    public void Constructor_ColonInHotkey_IsRefused()
    {
        var refused = Assert.Throws<ArgumentException>(() => new PositionKey("a:b", "c"));

        Assert.Contains("has no ':'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_ColonInPair_IsAllowedAndUnambiguous()
    {
        var key = new PositionKey("a", "b:c");

        Assert.Equal("a:b:c", key.ToString());
    }

    [Fact]
    public void Equals_SameText_ComparesOrdinally()
    {
        Assert.Equal(new PositionKey("a", "b"), new PositionKey("a", "b"));
        Assert.NotEqual(new PositionKey("a", "b"), new PositionKey("A", "b"));
        Assert.NotEqual(new PositionKey("\u00e9", "b"), new PositionKey("e\u0301", "b"));
    }

    [Fact]
    [Trait("Pitfall", "24: one bad character aborts a whole COPY")]
    public void Constructor_AnyTextOfTwoParts_IsAcceptedExactlyIfUtf8CanCarryIt()
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        for (var c = '\0'; c < '\uffff'; c++)
        {
            var part = $"x{c}";
            Assert.Equal(IsGood(strict, part), Accepts(part));
        }
    }

    private static bool IsGood(UTF8Encoding strict, string part)
    {
        try
        {
            return strict.GetByteCount(part) <= 256 && !part.Any(char.IsControl);
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static bool Accepts(string pair)
    {
        try
        {
            _ = new PositionKey("hotkey", pair);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
