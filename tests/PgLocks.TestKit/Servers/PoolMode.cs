namespace PgLocks.TestKit;

/// <summary>When PgBouncer gives a server connection to somebody else.</summary>
public enum PoolMode
{
    /// <summary>When the client leaves.</summary>
    Session,

    /// <summary>After each transaction: what session locks cannot live with.</summary>
    Transaction,
}
