using CsCheck;
using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.Tests.Fuzz;

/// <summary>Command lines of the admin tool, with a password somewhere in them and no server.</summary>
public sealed class CommandLineFuzzTests
{
    private const string Connection = $"Host=127.0.0.1;Port=1;Timeout=1;Username=u;Database=d;Password={Texts.Secret}";

    private static readonly string[][] Verbs =
    [
        ["migrate", "up"], ["migrate", "down"], ["migrate", "status"], ["migrate", "validate"], ["migrate"], ["locks", "list"], ["locks", "long-held"], ["locks", "waiting"], ["locks", "show"], ["locks", "yield"],
        ["locks", "terminate"], ["stats", "keys"], ["stats", "slots"], ["stats", "instances"], ["stats", "heatmap"], ["top"], ["registry", "miners", "list"], ["registry", "pairs", "add"], ["registry", "keys", "retire"],
        ["registry", "miners", "import"], ["pool", "show"], ["pool", "what-if"], ["doctor"], ["rollout", "status"], ["rollout", "start"], ["rollout", "advance"], ["rollout", "abort"], ["telemetry", "status"],
        ["telemetry", "retention"], ["telemetry", "seed"], ["nonsense"], [],
    ];

    private static readonly string[] Options =
    [
        "--over", "--watch", "--fail-if-any", "--since", "--top", "--sort", "--space", "--timeout", "--output", "-o", "--yes", "--to", "--pid", "--keys", "--percent", "--drop-after", "--rollup-after", "--days", "--seed",
        "--once", "--every", "--filter", "--frames", "--by", "--force", "--nonsense", "--help", "--version", "--over=", "--top=-1", "-", "--", "@file", "/?", "--connection", "-x",
    ];

    private static readonly string[] Leaks =
    [
        Connection, $"--connection={Connection}", $"--connecton={Connection}", $"--connection:{Connection}", $"Password={Texts.Secret}", $"--Password={Texts.Secret}", $"PWD = {Texts.Secret}",
        $"postgres://u:{Texts.Secret}@h/d",
    ];

    /// <summary>No system hands over a NUL.</summary>
    private static readonly Gen<string> Argument = Texts.Any.Select(text => text.Replace("\0", "", StringComparison.Ordinal));

    private static readonly Gen<string> Token = Gen.Frequency((4, Gen.OneOf(Options)), (2, Argument), (2, Gen.OneOf(Leaks)));

    private static readonly Gen<string> ProcessorToken = Gen.Frequency(
        (4, Gen.OneOf("--orders", "--tasks", "--no-lock", "--work-ms", "--ack", "--connection", "--seed", "--miners", "--out", "--tasks=0", "--tasks=x", "/tmp", "--help")), (2, Argument), (2, Gen.OneOf(Leaks)));

    private static readonly Gen<string[]> Any = Gen.Select(Gen.OneOf(Verbs), Token.Array[0, 5], Gen.Bool, (verb, tokens, named) =>
        (string[])[.. verb, .. tokens, .. named ? (string[])["--connection", Connection] : []]);

    [Fact]
    public async Task RunAsync_AnyArguments_EndsWithACodeAndWithoutThePassword() => await Any.SampleAsync(
        async arguments =>
        {
            var run = await ToolRun.OfAsync(arguments);

            Assert.InRange(run.ExitCode, ExitCode.Done, ExitCode.NotFound);
            Assert.NotEmpty(run.All);
            Assert.DoesNotContain(Texts.Secret, run.All, StringComparison.Ordinal);
            if (run.ExitCode == ExitCode.BadUsage && run.Output.Length == 0)
                Assert.Contains("\n", run.Errors.Trim(), StringComparison.Ordinal);
        },
        iter: 3_000);

    [Theory]
    [InlineData("locks", "list", "--connection", $"Host=h;Password={Texts.Secret}", Texts.Secret)]
    [InlineData("locks", "list", "--connection", "Host=h;Password=first", Texts.Secret, "more")]
    [InlineData("locks", "list", "--top", $"Host=h;Password={Texts.Secret}")]
    [InlineData("demo", "--count", $"Host=h;Password={Texts.Secret}")]
    [InlineData("demo", "--orders", $"Host=h;Password={Texts.Secret}")]
    [InlineData("locks", "show", $"Host=h;Password={Texts.Secret}")]
    [InlineData("locks", "list", "-o", $"Password={Texts.Secret}", "--output", "json")]
    public async Task RunAsync_PasswordInTheWrongPlace_IsBadUsageAndNotQuoted(params string[] arguments)
    {
        var run = await ToolRun.OfAsync(arguments);

        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.DoesNotContain(Texts.Secret, run.All, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyArgumentsOfTheOrderProcessor_AreUnderstoodOrRefusedWithoutThePassword() => Gen.Select(Gen.OneOf("generate", ""), ProcessorToken.Array[0, 6]).Sample(
        (verb, tokens) =>
        {
            string[] arguments = verb.Length > 0 ? [verb, .. tokens] : tokens;
            var parsed = global::OrderProcessor.CommandLine.Parse(arguments);
            if (parsed.Errors.Count == 0)
                return;
            var mistakes = global::OrderProcessor.CommandLine.Mistakes(parsed, arguments);
            Assert.Contains("--help", mistakes, StringComparison.Ordinal);
            Assert.DoesNotContain(Texts.Secret, mistakes, StringComparison.Ordinal);
        },
        iter: 5_000);
}
