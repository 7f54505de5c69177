namespace PgLocks.IntegrationTests.Fuzz;

/// <summary>How the server is when a host ends.</summary>
internal enum Ending
{
    /// <summary>As it should be.</summary>
    Well,

    /// <summary>It takes another password by now.</summary>
    Refusing,

    /// <summary>It has lost what is needed to own a slot.</summary>
    Spoilt,

    /// <summary>Nobody listens.</summary>
    Gone,
}
