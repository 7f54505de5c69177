namespace PgLocks.Backends.Rollout;

/// <summary>How a side is called in the table, so that processes that mean different locks find out.</summary>
internal static class SideName
{
    private const int Longest = 200;

    internal static IEnumerable<string> Problems(params string[] sides) => sides.Where(side => side.Length > Longest || side.Any(char.IsControl))
        .Select(side => $"OldSide and NewSide are up to {Longest} printable characters, but one has {side.Length}.");

    /// <exception cref="PgLocksConfigurationException">A provider that does not tell of itself has no name.</exception>
    internal static string Of(ILockProvider provider, string given, string option)
    {
        string own = provider switch
        {
            PgLockProvider native => $"PgLocks {native.Instance.Space.Name} {native.Instance.Space.ClassId}@{native.Instance.Space.SystemIdentifier}",
            BackendLockProvider backend => backend.Identity,
            _ => "",
        };
        return (own, given) switch
        {
            ("", "") => throw new PgLocksConfigurationException($"{option} is empty, and {provider.GetType().Name} does not tell which locks it takes. Give the same text in every process, as 'zookeeper zk1:2181/locks'."),
            ("", _) => given,
            (_, "") => own,
            _ => $"{given} ({own})",
        };
    }
}
