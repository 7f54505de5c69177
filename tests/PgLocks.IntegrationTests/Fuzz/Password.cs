using CsCheck;
using Npgsql;

namespace PgLocks.IntegrationTests.Fuzz;

/// <summary>A password with all that is awkward in a connection string, between marks that stand nowhere else: one of them tells of a leak.</summary>
internal sealed record Password(string Text, string[] Marks)
{
    // None that SCRAM normalizes, such as a no-break space: .NET does not without ICU, as these programs are built, and the login would be refused.
    private static readonly string[] Pieces =
    [
        " ", "  ", "'", "''", "\"", "\"\"", "\\", "=", "==", ";", ";;", "'\"", ";'", "\";", "{0}", "%s", "$1", "--", "/*", "@", "://", ":", "/", "?", "&", "#", "5432", "-1", "1e9", "true", "null",
        ";Host=", ";Port=", ";Password=", ";Pwd=", ";Timeout=", ";Pooling=", ";nonsense=", "Password=", "é", "ß", "пароль", "密码", "🔑", "{Host}",
    ];

    private static readonly Gen<string> Mark = Gen.Frequency(
        (4, Gen.Char["abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"].Array[10]), (1, Gen.Char["123456789"].Array[16])).Select(letters => new string(letters));

    public static Gen<Password> Any { get; } = Gen.Select(Mark, Gen.Select(Gen.OneOf(Pieces), Mark, Gen.Bool).Array[1, 4], (first, rest) => new Password(
        first + string.Concat(rest.Select(pair => pair.Item1 + (pair.Item3 ? pair.Item2 : ""))), [first, .. rest.Where(pair => pair.Item3).Select(pair => pair.Item2)]));

    public bool IsIn(string text) => text.Contains(Text, StringComparison.Ordinal) || Marks.Any(mark => text.Contains(mark, StringComparison.Ordinal));

    /// <summary>The connection string of somebody who did not know about quotes; null where a piece of the password then names a host or a user.</summary>
    public string? Unquoted(string rest)
    {
        var unquoted = $"{rest};Password={Text}";
        try
        {
            var read = new NpgsqlConnectionStringBuilder(unquoted);
            return IsIn($"{read.Host}:{read.Port}/{read.Database}/{read.Username}") ? null : unquoted;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or KeyNotFoundException or FormatException or OverflowException)
        {
            return unquoted;
        }
    }
}
