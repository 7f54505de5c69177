using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests;

/// <summary>A worker that stood still from 500 to 3,000 ms, and what it may be excused for.</summary>
public sealed class HistoryTests
{
    private const int Worker = 1;

    [Theory]
    [InlineData(2000, 1000, 0, 0, true)]
    [InlineData(3099, 1000, 0, 0, true)]
    [InlineData(3101, 1000, 0, 0, false)]
    [InlineData(3150, 1000, 2500, 3080, true)]
    [InlineData(3590, 1000, 2500, 3500, true)]
    [InlineData(3900, 1000, 2500, 3890, false)]
    [InlineData(3050, 3001, 0, 0, false)]
    public void Overslept_MeetingAfterADeadline_IsExcusedUntilTimersRanForAWhile(int at, int deadline, int stalledFrom, int stalledTo, bool expected)
    {
        Entry[] entries = [Noticed(Happening.Paused, 500, 3000), Noticed(Happening.Stalled, stalledFrom, stalledTo)];
        var history = new History([.. entries.OrderBy(entry => entry.At)], [], new Dictionary<int, long>());

        Assert.Equal(expected, history.Overslept(Worker, At(at), TimeSpan.FromMilliseconds(100), At(deadline)));
    }

    private static Entry Noticed(string what, int from, int to) => new(At(to), what, -1, 0, 0, At(from), "") { Worker = Worker };

    private static long At(int milliseconds) => Times.Ticks(TimeSpan.FromMilliseconds(milliseconds));
}
