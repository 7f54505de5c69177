using System.Text.RegularExpressions;
using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.Tests.AdminTool;

/// <summary>Every verb has help with examples, and every example is understood.</summary>
public sealed partial class HelpTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Database=orders;Username=op;Password=s3cret-word";

    public static TheoryData<string> Verbs =>
    [
        "migrate up", "migrate down", "migrate status", "migrate script", "migrate validate",
        "locks list", "locks long-held", "locks waiting", "locks show", "locks yield", "locks terminate",
        "stats keys", "stats slots", "stats instances", "stats heatmap", "top", "pool show", "pool what-if", "doctor", "demo",
        "registry miners list", "registry miners add", "registry miners retire", "registry miners import",
        "registry pairs list", "registry pairs add", "registry pairs retire", "registry pairs import",
        "rollout status", "rollout start", "rollout advance", "rollout abort", "rollout compare",
        "registry keys list", "registry keys add", "registry keys retire", "registry keys import",
        "telemetry status", "telemetry maintain", "telemetry retention", "telemetry seed",
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Help_EveryVerb_EndsWithExamplesThatAreUnderstood(string verb)
    {
        var help = await ToolRun.OfAsync([.. verb.Split(' '), "--help"]);
        var examples = help.Output[help.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();

        Assert.Equal(ExitCode.Done, help.ExitCode);
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.StartsWith($"pglocks {verb}", example, StringComparison.Ordinal));
        foreach (var example in examples.Where(example => verb != "demo" && !example.Contains("--connection", StringComparison.Ordinal)))
        {
            var run = await ToolRun.OfAsync([.. Words(example).Skip(1), "--connection", Nowhere]);
            // Understood: it fails for want of a server, or of a file.
            Assert.True(run.ExitCode is ExitCode.CannotConnect or ExitCode.NotFound or ExitCode.Done, run.All);
            Assert.DoesNotContain("s3cret", run.All, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Help_OfTheTool_NamesEveryVerbOfTheList()
    {
        var groups = Verbs.Select(row => row.Data.Split(' ')).ToLookup(words => words[0], words => words.ElementAtOrDefault(1));
        var help = (await ToolRun.OfAsync("--help")).Output;

        Assert.All(groups, group => Assert.Matches($"(?m)^  {group.Key} ", help));
        foreach (var group in groups.Where(group => group.First() is not null))
        {
            var own = (await ToolRun.OfAsync(group.Key, "--help")).Output;
            Assert.All(group, verb => Assert.Matches($"(?m)^  {verb} ", own));
        }
    }

    // What a shell would make of it; what comes after a comment, a pipe or a redirection is no part of the call.
    private static IEnumerable<string> Words(string example) =>
        Word().Matches(example.Split('#', '|', '>')[0]).Select(word => word.Value.Trim('\''));

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Word();
}
