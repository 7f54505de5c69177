using System.Globalization;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Checks;

/// <summary>Whether this is a server that locks can be taken on.</summary>
internal static class ServerChecks
{
    private const int OldestMajor = 14;

    private static readonly TimeSpan LargestSkew = TimeSpan.FromSeconds(1);

    public static async Task<Finding> VersionAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var version = int.Parse((await ServerQueries.SettingAsync(context.Connection, "server_version_num", cancellationToken))!, CultureInfo.InvariantCulture);
        var major = version / 10_000;
        return major >= OldestMajor
            ? Finding.Ok($"PostgreSQL {major}.{version % 10_000}.")
            : Finding.Fail($"PostgreSQL {major} has no idle_session_timeout.", $"Upgrade to PostgreSQL {OldestMajor} or newer.");
    }

    public static async Task<Finding> EncodingAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var encoding = await ServerQueries.SettingAsync(context.Connection, "server_encoding", cancellationToken);
        return encoding == "UTF8"
            ? Finding.Ok("The database is encoded in UTF8.")
            : Finding.Fail($"The database is encoded in {encoding}, so SQL would compute other slots.", "Create a database with ENCODING 'UTF8'.");
    }

    public static async Task<Finding> PrimaryAsync(CheckContext context, CancellationToken cancellationToken) =>
        await ServerQueries.IsStandbyAsync(context.Connection, cancellationToken)
            ? Finding.Fail("The server is a standby: locks there exclude nobody.", "Connect to the primary (Target Session Attributes=primary).")
            : Finding.Ok("The server is a primary.");

    /// <summary>A pooler announces a backend of its own making; the one that answers is another.</summary>
    public static async Task<Finding> PoolerAsync(CheckContext context, CancellationToken cancellationToken) =>
        await ServerQueries.BackendPidAsync(context.Connection, cancellationToken) == context.Database.AnnouncedBackend
            ? Finding.Ok("Nothing stands between here and the server.")
            : Finding.Fail(
                "A pooler stands between: in transaction mode two holders would both get a lock.",
                "Connect PgLocks to the server itself; AllowSessionPooler only where the pooler is in session mode.");

    public static async Task<Finding> ClockAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var before = context.Call.Time.GetUtcNow();
        var server = await ServerQueries.ClockAsync(context.Connection, cancellationToken);
        var after = context.Call.Time.GetUtcNow();
        // Whatever lies between the question and the answer is no skew.
        var skew = server < before ? before - server : server > after ? server - after : TimeSpan.Zero;
        return skew <= LargestSkew
            ? Finding.Ok($"The clocks of server and tool differ by less than {Durations.Show(LargestSkew)}.")
            : Finding.Warn($"The clocks of server and tool differ by {Durations.Show(skew)}: times in reports mislead.", "Run NTP on both hosts.");
    }
}
