using PgLocks.AdminTool;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool;

public sealed class RenderersTests
{
    private static readonly DateTime At = new(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc);

    private static readonly Column<Thing>[] Columns =
    [
        new("key", "key", CellKind.Text, thing => thing.Key),
        new("count", "count", CellKind.Number, thing => thing.Count),
        new("wait_p99_ns", "wait p99", CellKind.Nanoseconds, thing => thing.WaitNs),
        new("at", "at", CellKind.Time, _ => At),
        new("is_held", "held", CellKind.Flag, thing => thing.IsHeld),
        new("shown", "shown", CellKind.Text, _ => "x", Audience.People),
        new("hidden", "hidden", CellKind.Id, _ => 4711, Audience.Programs),
    ];

    [Fact]
    public void Json_Report_HasOkAndStableNamesInOrder()
    {
        var text = Write(OutputFormat.Json, Report(new Thing("5GhC/EURUSD", 12_345, 1_500_000, true), new Thing("a\u001b'b", 0, null, false)));

        Assert.Equal(
            """{"ok":true,"space":"default","things":[{"key":"5GhC/EURUSD","count":12345,"wait_p99_ns":1500000,"at":"2026-11-22T10:00:00.000000Z","is_held":true,"hidden":4711},"""
            + """{"key":"a\u001B'b","count":0,"wait_p99_ns":null,"at":"2026-11-22T10:00:00.000000Z","is_held":false,"hidden":4711}],"message":"Done."}""" + Environment.NewLine,
            text);
    }

    [Fact]
    public void Csv_Report_HasAHeaderAndTheFirstList()
    {
        var text = Write(OutputFormat.Csv, Report(new Thing("=5GhC,x", 12_345, 1_500_000, true)));

        Assert.Equal("key,count,wait_p99_ns,at,is_held,hidden\r\n\"'=5GhC,x\",12345,1500000,2026-11-22T10:00:00.000000Z,true,4711\r\n", text);
    }

    [Fact]
    public void Csv_FactsOnly_AreOneRow()
    {
        var text = Write(OutputFormat.Csv, new Report { Facts = [new("pool_size", "pool size", CellKind.Number, 256), new("keys", "keys", CellKind.Number, 7L)] });

        Assert.Equal("pool_size,keys\r\n256,7\r\n", text);
    }

    [Fact]
    public void Table_Report_ShowsUnitsAndEscapesCells()
    {
        var text = Write(OutputFormat.Table, Report(new Thing("a\u001b[2J[red]", 12_345, 1_500_000, true)));

        Assert.Contains("a\\u001b[2J[red]", text, StringComparison.Ordinal);
        Assert.Contains("12,345", text, StringComparison.Ordinal);
        Assert.Contains("1.5 ms", text, StringComparison.Ordinal);
        Assert.Contains("2026-11-22 10:00:00Z", text, StringComparison.Ordinal);
        Assert.Contains("shown", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        Assert.EndsWith("Done." + Environment.NewLine, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_NoTerminal_HasNoEscapeSequenceAndFoldsNothing()
    {
        var key = new string('k', 500);
        var text = Write(OutputFormat.Table, Report(new Thing(key, 1, 1, true)));
        var (_, error) = Write(OutputFormat.Table, new ToolException(ExitCode.NotFound, "x", "Not there.", "Look elsewhere."));

        Assert.Contains(key, text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text + error);
    }

    [Fact]
    public void Table_NothingToList_PrintsTheFriendlyLine()
    {
        var text = Write(OutputFormat.Table, Report());

        Assert.Contains("There is no thing.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(OutputFormat.Table))]
    [InlineData(nameof(OutputFormat.Csv))]
    public void Failure_ForPeople_GoesToStandardErrorWithARemedy(string format)
    {
        var (text, error) = Write(Enum.Parse<OutputFormat>(format), new ToolException(ExitCode.NotFound, "not_found", "No slot 300.", "Choose 0 to 255."));

        Assert.Empty(text);
        Assert.Equal($"error: No slot 300.{Environment.NewLine}next:  Choose 0 to 255.{Environment.NewLine}", error);
    }

    [Fact]
    public void Failure_Json_IsOneObjectOnStandardOutput()
    {
        var (text, error) = Write(OutputFormat.Json, new ToolException(ExitCode.NotFound, "not_found", "No slot 300.", "Choose 0 to 255."));

        Assert.Equal("""{"ok":false,"error":{"code":"not_found","message":"No slot 300.","next":"Choose 0 to 255."}}""" + Environment.NewLine, text);
        Assert.Empty(error);
    }

    private static Report Report(params Thing[] things) => new()
    {
        Facts = [new("space", "space", CellKind.Text, "default", Audience.Programs)],
        Listings = [Listing.Of("things", things, Columns, "There is no thing.")],
        Message = "Done.",
    };

    private static string Write(OutputFormat format, Report report) => Printed(format, renderer => renderer.Write(report)).Out;

    private static (string Out, string Error) Write(OutputFormat format, ToolException failure) => Printed(format, renderer => renderer.Write(failure));

    private static (string Out, string Error) Printed(OutputFormat format, Action<IRenderer> write)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        write(Renderers.Create(format, new Streams(TextReader.Null, output, error)));
        return (output.ToString(), error.ToString());
    }

    private sealed record Thing(string Key, int Count, long? WaitNs, bool IsHeld);
}
