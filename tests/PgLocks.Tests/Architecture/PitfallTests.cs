using System.Text.RegularExpressions;
using PgLocks.TestKit;

namespace PgLocks.Tests.Architecture;

/// <summary>docs/pitfalls.md and the tests that bear the trait say the same.</summary>
public sealed partial class PitfallTests
{
    private const int Count = 29;

    [Fact]
    public void Document_EveryPitfall_NamesItsTestsOrSaysWhyItHasNone()
    {
        var rows = Rows();

        Assert.Equal(Enumerable.Range(1, Count), rows.Select(row => row.Number));
        Assert.All(rows, row => Assert.True(row.Tests.Length > 0 || row.Pinned.StartsWith("none: ", StringComparison.Ordinal), $"pitfall {row.Number} has neither a test nor a reason"));
    }

    [Fact]
    public void Traits_OfTheTests_AreThoseOfTheDocument()
    {
        var documented = Rows().SelectMany(row => row.Tests.Select(test => $"{row.Number}: {row.Name} – {test}"));

        Assert.Equal(documented.Order(), Traits().Order());
    }

    private static (int Number, string Name, string Pinned, string[] Tests)[] Rows() =>
    [
        .. File.ReadLines(Path.Combine(SolutionPaths.Root, "docs", "pitfalls.md")).Select(line => Row().Match(line)).Where(match => match.Success)
            .Select(match => (
                int.Parse(match.Groups[1].Value), match.Groups[2].Value, match.Groups[3].Value,
                Test().Matches(match.Groups[3].Value).Select(test => test.Groups[1].Value).ToArray())),
    ];

    private static IEnumerable<string> Traits() =>
        from file in Directory.EnumerateFiles(Path.Combine(SolutionPaths.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
        from Match test in TestMethod().Matches(File.ReadAllText(file).ReplaceLineEndings("\n"))
        from Match trait in Trait().Matches(test.Groups[1].Value)
        select $"{trait.Groups[1].Value} – {Path.GetFileNameWithoutExtension(file)}.{test.Groups[2].Value}";

    [GeneratedRegex(@"^\| (\d+) \| \*\*(.+?)\*\*: .+ \| .+ \| (.+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+\.\w+)`")]
    private static partial Regex Test();

    [GeneratedRegex(@"((?:^    \[[^\n]*\n)+)    public [^\n(]*?\b(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"\[Trait\(""Pitfall"", ""(\d+: [^""]*)""\)\]")]
    private static partial Regex Trait();
}
