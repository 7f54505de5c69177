using PgLocks.AdminTool.Rendering;

namespace PgLocks.Tests.AdminTool;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1_500)]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("0s", 0)]
    public void TryParse_NumberAndUnit_ReadsIt(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5S")]
    [InlineData("1,5s")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    [InlineData("99999999999d")]
    public void TryParse_AnythingElse_RefusesIt(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 ns")]
    [InlineData(999, "999 ns")]
    [InlineData(999.6, "1 µs")]
    [InlineData(1_234, "1.23 µs")]
    [InlineData(45_600_000, "45.6 ms")]
    [InlineData(999_600_000, "1 s")]
    [InlineData(12_300_000_000, "12.3 s")]
    [InlineData(750_000_000_000, "12 min 30 s")]
    [InlineData(300_000_000_000, "5 min")]
    [InlineData(5_400_000_000_000, "1 h 30 min")]
    [InlineData(180_000_000_000_000, "2 d 2 h")]
    [InlineData(-1_500_000, "-1.5 ms")]
    public void Show_Nanoseconds_KeepsThreeDigitsAndAUnit(double nanoseconds, string expected) => Assert.Equal(expected, Durations.Show(nanoseconds));

    [Fact]
    public void Show_TimeSpan_IsTheSameAsItsNanoseconds() => Assert.Equal("2.5 s", Durations.Show(TimeSpan.FromSeconds(2.5)));
}
