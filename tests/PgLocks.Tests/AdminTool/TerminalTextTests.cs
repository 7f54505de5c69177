using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("5GhC/EURUSD", "5GhC/EURUSD")]
    [InlineData("Grüße 🔒 [bold]", "Grüße 🔒 [bold]")]
    [InlineData("a\u001b[2Jb", "a\\u001b[2Jb")]
    [InlineData("a\u009b2Jb", "a\\u009b2Jb")]
    [InlineData("a\r\nb\0", "a\\u000d\\u000ab\\u0000")]
    [InlineData("a\u202eb\u200b", "a\\u202eb\\u200b")]
    [InlineData("a\u2028b\u2029", "a\\u2028b\\u2029")]
    [Trait("Pitfall", "29: keys can carry terminal escapes and formulas")]
    public void Escape_Text_LeavesOnlyWhatPrints(string text, string expected) => Assert.Equal(expected, TerminalText.Escape(text));
}
