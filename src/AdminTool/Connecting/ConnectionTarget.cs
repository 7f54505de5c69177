using Npgsql;
using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Connecting;

/// <summary>The database that a verb talks to. Says where, and never the password.</summary>
internal sealed class ConnectionTarget
{
    private readonly NpgsqlConnectionStringBuilder _builder;

    private ConnectionTarget(NpgsqlConnectionStringBuilder builder) => _builder = builder;

    public string Host => _builder.Host ?? "";

    public int Port => _builder.Port;

    public string User => _builder.Username ?? Environment.UserName;

    public string Database => _builder.Database ?? User;

    /// <summary>Has the password: for connecting only.</summary>
    public string ConnectionString => _builder.ConnectionString;

    /// <exception cref="ToolException">There is none, or it cannot be read.</exception>
    public static ConnectionTarget Parse(string? connectionString)
    {
        const string Form = "'Host=localhost;Database=…;Username=…;Password=…'";
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new ToolException(
                ExitCode.BadUsage, "no_connection", "No database was named.", $"Give --connection {Form}, or set {CommonOptions.ConnectionVariable}.");
        }
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrEmpty(builder.Host)
                ? throw new ToolException(ExitCode.BadUsage, "bad_connection", "The connection string names no Host.", $"Write it like {Form}.")
                : new ConnectionTarget(builder);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or KeyNotFoundException or FormatException or OverflowException)
        {
            // The parser's own message may quote a part of the string, and that part may be the password.
            throw new ToolException(ExitCode.BadUsage, "bad_connection", "The connection string cannot be read.", $"Write it like {Form}.");
        }
    }

    public override string ToString() => $"database '{Database}' on {Host}:{Port} as '{User}'";
}
