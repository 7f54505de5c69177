using System.Text.RegularExpressions;
using PgLocks.TestKit;

namespace PgLocks.Tests.Architecture;

/// <summary>What the source of the whole repository keeps to.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 250;

    [Fact]
    public void EveryFile_OfTheRepository_HasAtMost250Lines()
    {
        var tooLong = Files("src", "samples", "tests").Select(file => (file, Lines: File.ReadLines(file).Count())).Where(file => file.Lines > LongestFile);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Sql_OfTheLibrary_StandsOnlyWhereSqlBelongs()
    {
        var elsewhere = Files("src/PgLocks").Where(file => !IsForSql(file) && Sql().IsMatch(File.ReadAllText(file)));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Clocks_OfTheLibrary_AreReadOnlyThroughTimeProvider()
    {
        var direct = Files("src/PgLocks").Where(file => Clock().IsMatch(File.ReadAllText(file)));

        Assert.Empty(direct);
    }

    [Fact]
    public void LogMessages_OfTheLibrary_StandInOneFile()
    {
        var files = Files("src/PgLocks").Where(file => File.ReadAllText(file).Contains("[LoggerMessage(", StringComparison.Ordinal));

        Assert.Equal("Messages.cs", Path.GetFileName(Assert.Single(files)));
    }

    [Fact]
    public void Tests_OfTheRepository_AreNeverSkipped()
    {
        var skipping = Files("tests").Where(file => Skip().IsMatch(File.ReadAllText(file)));

        Assert.Empty(skipping);
    }

    private static bool IsForSql(string file) =>
        file.Contains($"{Path.DirectorySeparatorChar}Postgres{Path.DirectorySeparatorChar}", StringComparison.Ordinal) || file.EndsWith("Sql.cs", StringComparison.Ordinal);

    private static IEnumerable<string> Files(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SolutionPaths.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    [GeneratedRegex(@"""\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|COPY|LISTEN|NOTIFY|BEGIN|COMMIT|SET) ")]
    private static partial Regex Sql();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|\bStopwatch\b|\bTickCount")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\bSkip(When|Unless)? *= *[""n]|Assert\.Skip")]
    private static partial Regex Skip();
}
