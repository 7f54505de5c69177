namespace PgLocks.TestKit;

/// <summary>A name that nobody else has on the server, and that says which test left it, should one ever be left.</summary>
internal static class DatabaseName
{
    private const int LongestPurpose = 30;

    public static string For(string purpose)
    {
        var letters = new string([.. purpose.Where(char.IsAsciiLetterOrDigit).Take(LongestPurpose)]);
        return $"pglocks_{letters}_{Guid.NewGuid():N}"[..(8 + letters.Length + 1 + 12)].ToLowerInvariant();
    }
}
