namespace PgLocks.Backends;

/// <summary>How a <see cref="CoordinatorLockProvider"/> behaves.</summary>
public sealed class CoordinatorLockOptions : BackendOptions
{
    /// <summary>The socket of the <see cref="LockCoordinator"/>.</summary>
    /// <value>Required.</value>
    public string SocketPath { get; set; } = "";

    /// <summary>How many round trips an acquire takes. Processes with different flows exclude each other all the same.</summary>
    /// <value>Default <see cref="CoordinatorFlow.ShardedDictionaries"/>.</value>
    public CoordinatorFlow Flow { get; set; } = CoordinatorFlow.ShardedDictionaries;

    internal override string Place => $"coordinator {Path.GetFullPath(SocketPath)} on {Environment.MachineName}";

    internal override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems())
            yield return problem;
        if (!Enum.IsDefined(Flow))
            yield return $"Flow is ShardedDictionaries or OneDictionary, but was {Flow}.";
    }
}
