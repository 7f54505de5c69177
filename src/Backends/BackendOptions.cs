namespace PgLocks.Backends;

/// <summary>What every provider of this package can be told.</summary>
public abstract class BackendOptions
{
    private protected BackendOptions()
    {
    }

    /// <summary>How long an acquire waits when it is given no timeout of its own.</summary>
    /// <value>Zero to <see cref="int.MaxValue"/> ms, or <see cref="Timeout.InfiniteTimeSpan"/>; default 5 s.</value>
    public TimeSpan AcquireTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Which locks these are, without a password: two processes exclude each other only if theirs are the same.</summary>
    internal virtual string Place => "";

    /// <summary>The options that do not fit, each told with its name and its range.</summary>
    internal virtual IEnumerable<string> Problems()
    {
        if (AcquireTimeout != Timeout.InfiniteTimeSpan && (AcquireTimeout < TimeSpan.Zero || AcquireTimeout.TotalMilliseconds > int.MaxValue))
            yield return $"AcquireTimeout is 0 to int.MaxValue ms or infinite, but was {AcquireTimeout}.";
    }

    /// <exception cref="PgLocksConfigurationException">An option is out of range.</exception>
    internal void Check()
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0)
            throw new PgLocksConfigurationException(string.Join(' ', problems));
    }
}
