using System.Globalization;
using System.Text;

namespace PgLocks.Migrations;

/// <summary>Makes a message out of what others said: names from a connection string, keys, the driver's own words, which can have several lines.</summary>
/// <remarks>Messages end up in logs, where whoever chooses a line break or an escape sequence writes entries of his own.</remarks>
internal static class SingleLine
{
    /// <summary>A run of line breaks becomes a space; other control characters and lone surrogates become <c>\u001b</c> and the like.</summary>
    public static string Of(string text)
    {
        if (IsSingle(text))
            return text;
        var line = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '\r' or '\n')
                line.Append(i > 0 && text[i - 1] is ('\r' or '\n') ? "" : " ");
            else if (IsUnsafe(text, i))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            else
                line.Append(text[i]);
        }
        return line.ToString();
    }

    private static bool IsSingle(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (IsUnsafe(text, i))
                return false;
        }
        return true;
    }

    private static bool IsUnsafe(string text, int index) =>
        char.GetUnicodeCategory(text[index]) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || (char.IsHighSurrogate(text[index]) && (index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1])))
        || (char.IsLowSurrogate(text[index]) && (index == 0 || !char.IsHighSurrogate(text[index - 1])));
}
