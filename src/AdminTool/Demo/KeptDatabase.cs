using Npgsql;

namespace PgLocks.AdminTool.Demo;

/// <summary>What to do with a database that is kept: where it is, three commands to try, and how to be rid of it.</summary>
internal static class KeptDatabase
{
    public static IEnumerable<string> Instructions(DemoDatabase database)
    {
        var tool = ToolName();
        yield return "The database stays. Three commands to try:";
        yield return $"  export PGLOCKS_CONNECTION='{ShownConnection(database)}'";
        yield return $"  {tool} stats keys --sort wait-p99 --top 10";
        yield return $"  {tool} stats heatmap";
        yield return $"  {tool} doctor";
        yield return database.OwnServerProcessId is { } processId
            ? $"End the server, and all that it holds: kill -INT {processId}"
            : $"Drop it: psql … -c 'DROP DATABASE \"{database.Name}\"'";
    }

    // The password of a server that was given is not ours to show; that of our own is random, and worthless when the server is gone.
    private static string ShownConnection(DemoDatabase database)
    {
        var builder = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        if (database.OwnServerProcessId is null && builder.Password is { Length: > 0 })
            builder.Password = "…";
        return builder.ConnectionString;
    }

    // As it was started: from a checkout it is no command of its own.
    private static string ToolName()
    {
        var program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "pglocks";
        return program == "dotnet" ? $"dotnet {Path.GetRelativePath(Environment.CurrentDirectory, typeof(KeptDatabase).Assembly.Location)}" : program;
    }
}
