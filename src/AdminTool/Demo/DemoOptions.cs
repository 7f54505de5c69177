namespace PgLocks.AdminTool.Demo;

/// <summary>What the demo is asked to show.</summary>
internal sealed record DemoOptions
{
    /// <summary>A server that exists; null starts one.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Orders to replay; null generates them.</summary>
    public FileInfo? Orders { get; init; }

    /// <summary>How many orders are generated.</summary>
    public int Count { get; init; } = 20_000;

    public int Seed { get; init; } = 1;

    public int Processes { get; init; } = 4;

    /// <summary>Orders in work at once in each process.</summary>
    public int Tasks { get; init; } = 8;

    /// <summary>False shows the updates that are lost without.</summary>
    public bool UseLocks { get; init; } = true;

    /// <summary>What an order takes besides the database.</summary>
    public int WorkMs { get; init; }

    /// <summary>Leaves the server up, and the database on it.</summary>
    public bool Keep { get; init; }
}
