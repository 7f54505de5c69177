using Npgsql;

namespace PgLocks.Migrations;

/// <summary>How the sessions of a migration connect.</summary>
internal static class MigrationSession
{
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or KeyNotFoundException or FormatException or OverflowException)
        {
            // The parser's own message may quote a part of the string, and that part may be the password.
            throw new MigrationException(
                MigrationFailure.CannotConnect,
                "The connection string cannot be read. Its form is 'Host=…;Port=5432;Database=…;Username=…;Password=…'.");
        }
    }

    /// <summary>Not pooled: a lock must end with its session. UTC: FluentMigrator writes the time of day without a zone.</summary>
    public static string ConnectionString(NpgsqlConnectionStringBuilder target, string role) =>
        new NpgsqlConnectionStringBuilder(target.ConnectionString)
        {
            Pooling = false,
            Enlist = false,
            Timezone = "UTC",
            CommandTimeout = 0,
            ApplicationName = ApplicationName(role),
        }.ConnectionString;

    public static string ApplicationName(string role) => $"pglocks:migrate:{role}";

    /// <summary>Says where, and never the password.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder target) =>
        $"database '{target.Database ?? target.Username}' on {target.Host}:{target.Port} as '{target.Username}'";
}
