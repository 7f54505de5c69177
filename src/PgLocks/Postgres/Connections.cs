using System.Globalization;
using Npgsql;

namespace PgLocks.Postgres;

/// <summary>The connection strings of an instance's sessions, made from the user's one.</summary>
internal sealed class Connections
{
    private readonly PgLocksOptions _options;
    private readonly NpgsqlConnectionStringBuilder _target;

    internal Connections(PgLocksOptions options)
    {
        _options = options;
        _target = Parse(options.ConnectionString);
    }

    /// <summary>Host, port, database and user, for messages; never to be printed whole, since it has the password.</summary>
    internal NpgsqlConnectionStringBuilder Target => _target;

    /// <summary>An answer that is older proves nothing, so no statement is worth a longer wait; in whole seconds, which are the driver's.</summary>
    internal int LeaseSeconds => Math.Max(1, (int)Math.Ceiling(_options.LeaseDuration.TotalSeconds));

    /// <summary>A lock session: a connection of its own, never pooled (a pooled one keeps its locks past Close), never enlisted, never multiplexed.</summary>
    internal NpgsqlConnection NewLockConnection(string role)
    {
        var builder = new NpgsqlConnectionStringBuilder(_target.ConnectionString)
        {
            ApplicationName = ApplicationName(role),
            Pooling = false,
            Enlist = false,
            Multiplexing = false,
            NoResetOnClose = false,
            LoadBalanceHosts = false,
            CommandTimeout = LeaseSeconds,
            // A cancel request opens connections of its own: on a silent network it outlives every deadline. Home breaks at once instead.
            CancellationTimeout = role == "waiter" ? 1000 : -1,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 1,
            TcpKeepAliveInterval = 1,
            KeepAlive = 0,
            // What is worth it is prepared by name. The listener repeats two statements, and is cancelled by nobody.
            MaxAutoPrepare = role == "listener" ? 8 : 0,
            AutoPrepareMinUsages = 2,
            IncludeErrorDetail = false,
        };
        // From the first moment: a network that falls silent before the session's settings arrive would leave it behind for hours. Poolers know no such
        // option, and the first look is to tell of a pooler by its backend and not by that.
        if (role != "start" && !_options.AllowSessionPooler)
            builder.Options = $"{builder.Options} -c idle_session_timeout={ServerLeaseMilliseconds}".TrimStart();
        return new NpgsqlConnection(builder.ConnectionString);
    }

    /// <summary>The first statement of a lock connection, and the refusal of a server that cannot be locked on safely.</summary>
    /// <exception cref="PgLocksConfigurationException">A pooler, a standby, a server too old or not in UTF-8.</exception>
    internal ServerInfo Meet(NpgsqlConnection opened)
    {
        // Behind a pooler it is this statement that waits for a connection to the server, and poolers open these one after the other: given up as early as
        // other statements, none would be answered where many processes come back at once.
        int seconds = _options.AllowSessionPooler ? Math.Max(LeaseSeconds, _target.Timeout) : LeaseSeconds;
        ServerInfo server = ServerInfo.Read(opened, seconds);
        server.Check(opened, _options.AllowSessionPooler);
        return server;
    }

    /// <summary>An ordinary pool for telemetry, registry and yield requests.</summary>
    internal NpgsqlDataSource NewTelemetryPool()
    {
        var builder = new NpgsqlConnectionStringBuilder(_target.ConnectionString)
        {
            ApplicationName = ApplicationName("telemetry"),
            Enlist = false,
            Multiplexing = false,
            MinPoolSize = 0,
            MaxPoolSize = 3,
            // Nothing of a session's is ever set or held here. And what Npgsql sends in front of a statement, a reset or a BEGIN, it does not cancel: on a
            // silent network only the timeout of commands ends it, and until then the provider cannot end either.
            NoResetOnClose = true,
            CommandTimeout = 10,
            ConnectionIdleLifetime = 30,
        };
        return new NpgsqlDataSourceBuilder(builder.ConnectionString).Build();
    }

    /// <summary>What every lock session sets: nothing of the server's or the role's defaults may end it early or keep it too long.</summary>
    internal (string[] Names, string[] Values) SessionSettings()
    {
        int lease = ServerLeaseMilliseconds;
        string keepalive = Math.Max(1, lease / 3000).ToString(CultureInfo.InvariantCulture);
        (string Name, string Value)[] settings =
        [
            ("search_path", "pg_catalog"),
            ("statement_timeout", "0"),
            ("lock_timeout", ((int)WaiterSession.LongestWait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)),
            ("idle_in_transaction_session_timeout", "0"),
            ("idle_session_timeout", lease.ToString(CultureInfo.InvariantCulture)),
            ("tcp_keepalives_idle", keepalive),
            ("tcp_keepalives_interval", keepalive),
            ("tcp_keepalives_count", "2"),
            ("tcp_user_timeout", (lease * 4 / 5).ToString(CultureInfo.InvariantCulture)),
            ("client_connection_check_interval", "1000"),
            ("default_transaction_isolation", "read committed"),
            ("default_transaction_read_only", "off"),
            // One draw in 32 writes WAL; waiting for the disk would cost a transfer twenty times its time. A crash or a failover that loses
            // draws is noticed when the next session opens, and the sequences are moved ahead before anybody draws again.
            ("synchronous_commit", "off"),
        ];
        return ([.. settings.Select(setting => setting.Name)], [.. settings.Select(setting => setting.Value)]);
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new PgLocksConfigurationException("ConnectionString is empty. Give one like 'Host=localhost;Database=orders;Username=app;Password=…'.");
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrEmpty(builder.Host)
                ? throw new PgLocksConfigurationException("ConnectionString names no Host. Add 'Host=…;'.")
                : builder;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or KeyNotFoundException or FormatException or OverflowException)
        {
            // Nothing of the parser's own words: what it takes for a keyword or for a number may be a piece of the password.
            throw new PgLocksConfigurationException("ConnectionString is not one that Npgsql understands. Write it like 'Host=localhost;Database=orders;Username=app;Password=…', with '' around a value that has a ';' in it.");
        }
    }

    private int ServerLeaseMilliseconds => (int)_options.ServerLeaseDuration.TotalMilliseconds;

    private string ApplicationName(string role) => $"pglocks:{_options.ApplicationName}:{role}";
}
