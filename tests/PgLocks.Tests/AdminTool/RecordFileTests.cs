using PgLocks.AdminTool.Import;

namespace PgLocks.Tests.AdminTool;

public sealed class RecordFileTests
{
    [Fact]
    public void Read_Csv_GivesNamedFieldsAndLineNumbers()
    {
        var records = Read("trade_pair_id,display_name\r\nBTCUSD,\"BTC, \"\"the\"\"\nUSD\"\r\n\r\nETHUSD,\r\n");

        Assert.Equal([(2, "BTCUSD", "BTC, \"the\"\nUSD"), (5, "ETHUSD", null)], records.Select(Row));

        static (int, string, string?) Row(FileRecord record) => (record.Line, record.Fields["trade_pair_id"], record.Fields.GetValueOrDefault("display_name"));
    }

    [Fact]
    public void Read_JsonLines_GivesFieldsWithoutNulls()
    {
        var records = Read("{\"miner_hotkey\":\"5D\",\"departed_ms\":17}\n\n{\"miner_hotkey\":\"5E\",\"departed_ms\":null}\n");

        Assert.Equal([1, 3], records.Select(record => record.Line));
        Assert.Equal("17", records[0].Fields["departed_ms"]);
        Assert.False(records[1].Fields.ContainsKey("departed_ms"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n")]
    public void Read_NoRecords_GivesNone(string text) => Assert.Empty(Read(text));

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "line 3 has 1 cells, and the header has 2")]
    [InlineData("a\n\"open\n", "line 2 has a quoted cell that does not end")]
    [InlineData("a\n\"x\"y\n", "line 2 has text after a quoted cell")]
    [InlineData("{\"a\":1}\n{\"a\":\n", "line 2 is no JSON object")]
    [InlineData("{\"a\":1}\n[1]\n", "line 2 is no JSON object")]
    public void Read_BadLine_NamesIt(string text, string problem) => Assert.Equal(problem, Assert.Throws<LineException>(() => Read(text)).Message);

    [Theory]
    [InlineData("a,b\n1,2\n3\n4,5\n6,7,8\n9,\"open\n1,2\n", new[] { 2, 4 }, new[] { "line 3 has 1 cells, and the header has 2", "line 5 has 3 cells, and the header has 2", "line 6 has a quoted cell that does not end" })]
    [InlineData("{\"a\":1}\nno\n{}\n7\n", new[] { 1, 3 }, new[] { "line 2 is no JSON object", "line 4 is no JSON object" })]
    public void Read_BadLinesAmongGoodOnes_TellsEachAndReadsTheOthers(string text, int[] good, string[] bad)
    {
        List<string> problems = [];

        var records = RecordFile.Read(new StringReader(text), line => problems.Add(line.Message)).ToArray();

        Assert.Equal(good, records.Select(record => record.Line));
        Assert.Equal(bad, problems);
    }

    [Theory]
    [InlineData("{\"hotkey\":\"5D\",\"departed_ms\":1715318900670}", "2024-05-10T05:28:20.6700000Z")]
    [InlineData("{\"hotkey\":\"5D\",\"retired_at\":\"2026-01-02T03:04:05+01:00\"}", "2026-01-02T02:04:05.0000000Z")]
    public void From_Times_AreUtc(string line, string expected) =>
        Assert.Equal(expected, RegistryEntry.From(Read(line)[0], RegistryParts.Hotkey).RetiredAt?.ToString("O"));

    [Theory]
    [InlineData("{\"pair\":\"EURUSD\"}", "line 1 has no miner_hotkey")]
    [InlineData("{\"hotkey\":\"5D\",\"departed_ms\":\"soon\"}", "line 1 has a departed_ms that is no time: 'soon'")]
    [InlineData("{\"hotkey\":\"5D\",\"departed_ms\":\"99999999999999999999\"}", "line 1 has a departed_ms that is no time: '99999999999999999999'")]
    public void From_BadField_NamesLineAndField(string line, string problem) =>
        Assert.Equal(problem, Assert.Throws<LineException>(() => RegistryEntry.From(Read(line)[0], RegistryParts.Hotkey)).Message);

    [Fact]
    public void From_KeyThatBreaksARule_SaysWhichRule() =>
        Assert.Contains(
            "no ':'", Assert.Throws<LineException>(() => RegistryEntry.From(Read("{\"hotkey\":\"5:D\"}")[0], RegistryParts.Hotkey)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<FileRecord> Read(string text) => [.. RecordFile.Read(new StringReader(text), bad => throw bad)];
}
