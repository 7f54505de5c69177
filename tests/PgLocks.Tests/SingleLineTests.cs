using PgLocks.Migrations;

namespace PgLocks.Tests;

public sealed class SingleLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Lock '5GhC/EURUSD' of \u202eé, 日本 and \ud83d\ude00.")]
    public void Of_PlainText_IsTheSame(string text) => Assert.Same(text, SingleLine.Of(text));

    [Theory]
    [InlineData("42P01: no such table\n\nPOSITION: 15", "42P01: no such table POSITION: 15")]
    [InlineData("\r\na\rb\n", " a b ")]
    [InlineData("a\u001b[2Jb\t\0", "a\\u001b[2Jb\\u0009\\u0000")]
    [InlineData("\u0085\u2028\u2029", "\\u0085\\u2028\\u2029")]
    public void Of_BreaksAndControlCharacters_AreOneLine(string text, string line) => Assert.Equal(line, SingleLine.Of(text));

    [Fact]
    public void Of_LoneSurrogates_AreWrittenOut() => Assert.Equal("\\udc00\ud83d\ude00\\ud83d", SingleLine.Of("\udc00\ud83d\ude00\ud83d"));
}
