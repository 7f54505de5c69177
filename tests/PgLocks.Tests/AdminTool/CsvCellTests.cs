using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+2", "'=1+2")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"")]
    [Trait("Pitfall", "29: keys can carry terminal escapes and formulas")]
    public void Format_Text_QuotesAndDefusesIt(string text, string expected) => Assert.Equal(expected, CsvCell.Format(text));

    [Fact]
    public void Format_OtherValues_AreInvariantAndKeepTheirSign()
    {
        Assert.Equal("-5", CsvCell.Format(-5L));
        Assert.Equal("0.25", CsvCell.Format(0.25));
        Assert.Equal("true", CsvCell.Format(true));
        Assert.Equal("", CsvCell.Format(null));
        Assert.Equal("2026-11-22T10:00:00.000000Z", CsvCell.Format(new DateTime(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc)));
    }
}
