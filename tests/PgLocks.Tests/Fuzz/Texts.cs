using CsCheck;

namespace PgLocks.Tests.Fuzz;

/// <summary>Text that nobody types on purpose.</summary>
internal static class Texts
{
    /// <summary>Stands for a password, wherever one can be.</summary>
    public const string Secret = "hunter2-s3cret-marker";

    private static readonly string[] Pieces =
    [
        "", " ", "a", "5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", "EURUSD", ":", "/", "-", "--", "'", "\"", "\\", "=", ";", "@", "+1", "=1+1", "%s", "{0}", "$1", "..", "*",
        "\0", "\n", "\r\n", "\t", "\u001b[2J", "\u0007", "\u007f", "\u0085", "\ud800", "\udc00", "\ud83d\ude00", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\ufffe", "\uffff",
        "é", "e\u0301", "Å", "\u212b", "ﬁ", "ß", "İ", "ı", "null", "NaN", "-1", "0", "99999999999999999999", "1e999", "0x10", "true", "30s", "-5m", "1.5h",
        new string('x', 255), new string('x', 256), new string('é', 129), new string('9', 400), new string('x', 10_000),
    ];

    /// <summary>Pieces known to be awkward, and random ones, one after the other.</summary>
    public static Gen<string> Any { get; } = Gen.Frequency((4, Gen.OneOf(Pieces)), (1, Gen.String[0, 20]), (1, Gen.Char.Select(c => c.ToString())))
        .Array[0, 4].Select(string.Concat);

    /// <summary>Whether the text can stand in a log or on a terminal as it is.</summary>
    public static bool IsPlain(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]) || (char.IsControl(text[i]) && text[i] is not '\n' and not '\r'))
                return false;
        }
        return true;
    }
}
