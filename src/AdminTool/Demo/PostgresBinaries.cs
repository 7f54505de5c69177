namespace PgLocks.AdminTool.Demo;

/// <summary>The folder of a PostgreSQL installation that holds <c>initdb</c> and <c>postgres</c>.</summary>
public sealed class PostgresBinaries
{
    public const string FolderVariable = "PGLOCKS_PG_BIN";

    private static readonly string[] Needed = ["initdb", "postgres"];
    private static readonly string[] ModuleFolders = ["../lib", "../lib/postgresql", "../lib64"];
    private static readonly string[] Installations =
    [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/usr/libexec/postgresql*",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
        "/usr/local/pgsql/bin",
    ];

    public PostgresBinaries(string folder)
    {
        if (!IsComplete(folder))
            throw new LocalServerException($"'{folder}' does not hold {string.Join(" and ", Needed)}. Point {FolderVariable} at the bin folder of a PostgreSQL server.");
        // Behind a link such as /usr/local/bin/postgres are the programs and modules that go with it; beside the link they are not.
        var program = new FileInfo(Path.Combine(folder, "postgres"));
        Folder = program.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Path.GetDirectoryName(target.FullName)! : folder;
    }

    public string Folder { get; }

    /// <summary>The full path of a program of this installation, such as <c>pg_basebackup</c>.</summary>
    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>Whether this installation has the loadable module, such as <c>pg_stat_statements</c>.</summary>
    public bool HasModule(string module) =>
        ModuleFolders.Any(lib => File.Exists(Path.Combine(Folder, lib, module + ".so"))
            || File.Exists(Path.Combine(Folder, lib, module + ".dylib")));

    /// <summary>The installation named by <c>PGLOCKS_PG_BIN</c>, else the one on the PATH, else the newest in a usual place.</summary>
    public static PostgresBinaries Find() =>
        TryFind() ?? throw new LocalServerException(
            "No PostgreSQL server is installed here (looked in PATH and in /usr/lib/postgresql/*/bin). "
            + $"Install it, for example with 'apt-get install postgresql', or point {FolderVariable} at the folder that holds initdb and postgres.");

    public static PostgresBinaries? TryFind()
    {
        var given = Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrEmpty(given))
            return new PostgresBinaries(given);
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var folder = path.Concat(Installations.SelectMany(NewestFirst)).FirstOrDefault(IsComplete);
        return folder is null ? null : new PostgresBinaries(folder);
    }

    private static IEnumerable<string> NewestFirst(string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
            return [pattern];
        var parent = pattern[..pattern.LastIndexOf('/', star)];
        var rest = pattern[(parent.Length + 1)..].Split('/', 2);
        return !Directory.Exists(parent)
            ? []
            : Directory.EnumerateDirectories(parent, rest[0]).OrderByDescending(VersionOf)
                .Select(found => rest.Length == 2 ? Path.Combine(found, rest[1]) : found);
    }

    private static double VersionOf(string folder)
    {
        var digits = new string([.. Path.GetFileName(folder).SkipWhile(c => !char.IsDigit(c)).TakeWhile(c => char.IsDigit(c) || c == '.')]);
        return double.TryParse(digits, System.Globalization.CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    private static bool IsComplete(string folder) => Needed.All(program => File.Exists(Path.Combine(folder, program)));
}
