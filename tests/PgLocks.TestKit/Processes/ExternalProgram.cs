using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>A program that tests need beside PostgreSQL itself.</summary>
internal static class ExternalProgram
{
    private static readonly string[] SystemFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/opt/homebrew/bin"];

    public static string Find(string name) =>
        TryFind(name) ?? throw new LocalServerException($"{name} is not installed. Run ./test.sh, which installs what it may, or 'apt-get install {name}'.");

    public static string? TryFind(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(SystemFolders)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
