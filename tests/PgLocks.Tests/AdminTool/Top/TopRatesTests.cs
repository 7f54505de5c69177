using PgLocks.AdminTool.Commands.Top;
using PgLocks.AdminTool.Queries;

namespace PgLocks.Tests.AdminTool.Top;

public sealed class TopRatesTests
{
    private static readonly TopKey Key = new(7, "a", "EURUSD");

    private readonly TopRates _rates = new();

    [Fact]
    public void Add_FirstReading_TakesAllOfTheTimeItLooksAt()
    {
        Read(0, Frames.Traffic("a", 7, 120));

        Assert.Equal(TimeSpan.FromMinutes(1), _rates.Period);
        Assert.Equal(120, _rates.Growth[Key].Acquired);
    }

    [Fact]
    public void Add_LaterReadings_TakeWhatWasAddedAndForgetWhatIsOld()
    {
        Read(0, Frames.Traffic("a", 7, 120));
        Read(2, Frames.Traffic("a", 7, 120));
        Assert.Equal(120, _rates.Growth[Key].Acquired);

        Read(4, Frames.Traffic("a", 7, 126));
        Read(7, Frames.Traffic("a", 7, 127));

        Assert.Equal(TimeSpan.FromSeconds(5), _rates.Period);
        Assert.Equal(7, _rates.Growth[Key].Acquired);
        Read(12, Frames.Traffic("a", 7, 127));
        Assert.Empty(_rates.Growth);
    }

    [Fact]
    public void Add_IntervalsAreLeftBehind_CountsEachRowOnce()
    {
        Read(0, Frames.Traffic("a", 7, 100));
        Read(5, Frames.Traffic("a", 7, 90, isLeftBehind: true), Frames.Traffic("a", 7, 15));
        Assert.Equal(5, _rates.Growth[Key].Acquired);

        Read(10, Frames.Traffic("a", 7, 15));

        Assert.Empty(_rates.Growth);
    }

    private void Read(int seconds, params KeyTraffic[] traffic) =>
        _rates.Add(new TopReading { At = Frames.Start.AddSeconds(seconds), Traffic = traffic }, Frames.Start.AddMinutes(-1));
}
