using PgLocks.AdminTool;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.Tests.AdminTool;

public sealed class ToolTests
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Database=orders;Username=op;Password=s3cret-word";

    [Theory]
    [InlineData("--help")]
    [InlineData("migrate", "--help")]
    [InlineData("migrate", "up", "--help")]
    [InlineData("migrate", "down", "-h")]
    public async Task RunAsync_Help_EndsWithAnExample(params string[] args)
    {
        var run = await ToolRun.OfAsync(args);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"Examples:\s+  pglocks \w", run.Output);
    }

    [Theory]
    [InlineData("Unrecognized command or argument 'upp'", "migrate", "upp")]
    [InlineData("Required command was not provided", "migrate")]
    [InlineData("Required command was not provided")]
    [InlineData("Option '--to' is required", "migrate", "down")]
    [InlineData("'30' is not a duration", "migrate", "status", "--timeout", "30")]
    [InlineData("'xml' is none of: table, json, csv", "migrate", "status", "--output", "xml")]
    public async Task RunAsync_BadUsage_SaysWhatAndHowToGetHelp(string message, params string[] args)
    {
        var run = await ToolRun.OfAsync(args);

        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Contains("--help", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task RunAsync_BadUsageWithJson_AnswersInJson()
    {
        var run = await ToolRun.OfAsync("migrate", "upp", "--output", "json");

        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.StartsWith("""{"ok":false,"error":{"code":"bad_usage",""", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Database=x;Username=u")]
    [InlineData("Host=h;Pasword=s3cret-word")]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task RunAsync_UnreadableConnection_IsBadUsageAndQuotesNothing(string connection)
    {
        var run = await ToolRun.OfAsync("migrate", "status", "--connection", connection);

        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.DoesNotContain("s3cret", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoServer_CannotConnectAndKeepsThePasswordToItself()
    {
        var run = await ToolRun.OfAsync("migrate", "status", "--connection", Nowhere, "--output", "json");

        Assert.Equal(ExitCode.CannotConnect, run.ExitCode);
        Assert.Contains("127.0.0.1:1", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_MigrateScript_PrintsNothingButTheSql()
    {
        var run = await ToolRun.OfAsync("migrate", "script");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(SchemaMigrator.Script(), run.Output);
        Assert.Empty(run.Errors);
    }
}
