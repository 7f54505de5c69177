using System.Reflection;

namespace PgLocks.TestKit;

/// <summary>Where things are in the checkout that the tests run from.</summary>
public static class SolutionPaths
{
    /// <summary>The folder of PgLocks.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>"Release" or "Debug": that of the running tests.</summary>
    public static string Configuration { get; } = typeof(SolutionPaths).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>What a project of the solution was built to, given as "tests/PgLocks.TestWorker/PgLocks.TestWorker.dll".</summary>
    public static string Built(string path)
    {
        var built = Path.Combine(Root, Path.GetDirectoryName(path)!, "bin", Configuration, "net10.0", Path.GetFileName(path));
        return File.Exists(built) ? built : throw new FileNotFoundException($"'{built}' is missing. Build the whole solution: dotnet build -c {Configuration}.", built);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PgLocks.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No PgLocks.sln above '{AppContext.BaseDirectory}': run the tests from a checkout.");
    }
}
