using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>How the kit sets up a server: fast rather than durable, and counting statements.</summary>
public static class TestServerOptions
{
    internal const string Statements = "pg_stat_statements";

    /// <summary>A database of its own for every test makes tens of thousands of them; with the default of 5,000 the server forgets the rare ones, and counts go missing.</summary>
    private const string MostStatements = "100000";

    /// <summary>For <see cref="LocalServer.StartAsync"/> in a test that needs a server of its own, to stop or to kill.</summary>
    public static LocalServerOptions ForBinariesFound()
    {
        var binaries = PostgresBinaries.Find();
        return new LocalServerOptions
        {
            Durable = false,
            Binaries = binaries,
            Settings = binaries.HasModule(Statements)
                ? new Dictionary<string, string> { ["shared_preload_libraries"] = Statements, [$"{Statements}.max"] = MostStatements }
                : new Dictionary<string, string>(),
        };
    }
}
