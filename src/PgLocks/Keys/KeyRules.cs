using System.Globalization;
using System.Text;

namespace PgLocks.Keys;

/// <summary>What a part of a <see cref="PositionKey"/> may be: one bad character would abort a whole COPY batch, so it stops at the door.</summary>
internal static class KeyRules
{
    internal const int MaxBytes = 256;
    private const int QuotedChars = 48;

    internal static string Hotkey(string? minerHotkey)
    {
        Check(minerHotkey, nameof(minerHotkey));
        if (minerHotkey!.Contains(':'))
            throw new ArgumentException($"A hotkey has no ':' (it separates hotkey and pair), but was {Quote(minerHotkey)}.", nameof(minerHotkey));
        return minerHotkey;
    }

    internal static string Pair(string? tradePairId)
    {
        Check(tradePairId, nameof(tradePairId));
        return tradePairId!;
    }

    private static void Check(string? value, string part)
    {
        ArgumentNullException.ThrowIfNull(value, part);
        if (value.Length is > 0 and <= MaxBytes && !value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return;
        CheckBeyondAscii(value, part);
    }

    private static void CheckBeyondAscii(string value, string part)
    {
        if (value.Length == 0)
            throw new ArgumentException($"{part} is 1 to {MaxBytes} bytes of UTF-8, but was empty.", part);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsControl(c))
                throw new ArgumentException($"{part} has no control character, but has U+{(int)c:X4} at index {i}: {Quote(value)}.", part);
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                i++;
            else if (char.IsSurrogate(c))
                throw new ArgumentException($"{part} is well-formed text, but has the lone surrogate U+{(int)c:X4} at index {i}.", part);
        }
        int bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes > MaxBytes)
            throw new ArgumentException($"{part} is 1 to {MaxBytes} bytes of UTF-8, but was {bytes.ToString(CultureInfo.InvariantCulture)}: {Quote(value)}.", part);
    }

    private static string Quote(string value)
    {
        var text = new StringBuilder("'");
        foreach (char c in value.Length > QuotedChars ? value[..QuotedChars] : value)
            text.Append(char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c);
        return text.Append(value.Length > QuotedChars ? "…'" : "'").ToString();
    }
}
