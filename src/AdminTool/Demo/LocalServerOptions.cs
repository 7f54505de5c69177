namespace PgLocks.AdminTool.Demo;

/// <summary>How an embedded server is set up.</summary>
public sealed record LocalServerOptions
{
    /// <summary>Whether commits survive a crash of the machine, and not just of the server. Default: true, as in production.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>Most sessions at once. Default: 200.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>More settings of postgresql.conf, which win over all others.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>More environment variables of the server. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The installation to use. Default: <see cref="PostgresBinaries.Find"/>.</summary>
    public PostgresBinaries? Binaries { get; init; }
}
