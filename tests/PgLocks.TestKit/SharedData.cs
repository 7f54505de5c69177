namespace PgLocks.TestKit;

/// <summary>Real input that may lie beside the checkout. No test needs it.</summary>
public static class SharedData
{
    /// <summary>The path of one of its files; null where there is none.</summary>
    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(SolutionPaths.Root).Parent; folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", name);
            if (File.Exists(path))
                return path;
        }
        return null;
    }
}
