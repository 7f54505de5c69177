using PgLocks.Postgres;
using PgLocks.Slots;

namespace PgLocks.Tests.Postgres;

public sealed class HomeQueueTests
{
    private const int AMinute = 60_000;

    private readonly SessionLease _owner = new("home");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Take_AReleaseNobodyWaitsFor_ComesWithTheNextGain(bool isEager)
    {
        var queue = new HomeQueue(TimeProvider.System, isEager);
        queue.AddRelease(1, _owner, urgent: false);
        queue.AddGain(2);

        HomeBatch batch = queue.Take(AMinute);

        Assert.Equal([(1, _owner)], batch.Releases);
        Assert.Equal([2], batch.Gains);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Take_AReleaseNobodyWaitsFor_ComesAloneBeforeLong(bool isEager)
    {
        var queue = new HomeQueue(TimeProvider.System, isEager);
        queue.AddRelease(1, _owner, urgent: false);

        Assert.Equal([(1, _owner)], queue.Take(AMinute).Releases);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Take_AfterClose_GivesWhatIsQueuedAndThenNothing(bool isEager)
    {
        var queue = new HomeQueue(TimeProvider.System, isEager);
        queue.AddGain(3);
        queue.Close();

        Assert.Equal([3], queue.Take(AMinute).Gains);
        Assert.True(queue.Take(AMinute).IsEmpty);
    }

    /// <summary>A wake-up that is lost would stand still for a minute each time.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Take_BesideManyAdders_LosesNothing(bool isEager)
    {
        const int Adders = 4;
        const int Each = 5_000;
        var queue = new HomeQueue(TimeProvider.System, isEager);
        Task<int[]> taking = Task.Factory.StartNew(() => TakeAll(queue), TaskCreationOptions.LongRunning);

        await Task.WhenAll(Enumerable.Range(0, Adders).Select(adder => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                if ((i + adder) % 3 == 0)
                    queue.AddGain(adder);
                else
                    queue.AddRelease(adder, _owner, urgent: i % 7 == 0);
                if (i % 100 == 0)
                    Thread.Yield();
            }
        })));
        queue.Close();

        Assert.Equal(Enumerable.Repeat(Each, Adders), await taking);

        static int[] TakeAll(HomeQueue queue)
        {
            int[] counts = new int[Adders];
            while (queue.Take(AMinute) is { IsEmpty: false } batch)
            {
                foreach (int adder in batch.Gains.Concat(batch.Releases.Select(release => release.Slot)))
                    counts[adder]++;
            }
            return counts;
        }
    }
}
