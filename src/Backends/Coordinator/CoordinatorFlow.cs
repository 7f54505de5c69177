namespace PgLocks.Backends;

/// <summary>How a process talks to its <see cref="LockCoordinator"/>.</summary>
public enum CoordinatorFlow
{
    /// <summary>One request for an acquire and one for a release, on one of 16 connections by the key's slot.</summary>
    ShardedDictionaries,

    /// <summary>As with a shared dictionary of locks: looked up, created if missing, acquired, released, each a round trip, all on one connection.</summary>
    OneDictionary,
}
