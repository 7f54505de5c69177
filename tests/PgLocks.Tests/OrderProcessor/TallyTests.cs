using OrderProcessor;

namespace PgLocks.Tests.OrderProcessor;

public sealed class TallyTests
{
    [Fact]
    public void AddFailed_MessageOfSeveralLines_IsOneComplaint()
    {
        using var errors = new StringWriter { NewLine = "\n" };
        var tally = new Tally(acknowledge: false, TextWriter.Null, errors);

        tally.AddFailed(Orders.Of(1) with { MinerHotkey = "a\u2028b" }, new InvalidOperationException("42P01: no table\n\nPOSITION: 15\u001b[2J"));

        Assert.EndsWith("a b:EURUSD was not applied: 42P01: no table  POSITION: 15\\u001b[2J\n", errors.ToString(), StringComparison.Ordinal);
        Assert.Single(errors.ToString(), c => c == '\n');
    }
}
