using Microsoft.Extensions.Time.Testing;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

public sealed class CrowdTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void IsThere_OneHotSlot_IsNoCrowd()
    {
        var crowd = new Crowd(new SlotPolicy(new PgLocksOptions { ConnectionString = "none" }, _time));

        for (var i = 0; i < 10; i++)
            crowd.Blocked(17, _time.GetTimestamp());
        Assert.False(crowd.IsThere(_time.GetTimestamp()));
        for (var slot = 0; slot < 3; slot++)
            crowd.Blocked(slot, _time.GetTimestamp());

        Assert.True(crowd.IsThere(_time.GetTimestamp()));
    }

    [Fact]
    public void IsThere_ManyTurnsThatWereNotWorthIt_PausesAndThenPausesLonger()
    {
        var crowd = new Crowd(new SlotPolicy(new PgLocksOptions { ConnectionString = "none" }, _time) { CrowdSize = 1 });
        foreach (var pause in new[] { 1, 2, 4 })
        {
            for (var turn = 0; turn < 16; turn++)
            {
                crowd.Blocked(0, _time.GetTimestamp());
                Assert.True(crowd.IsThere(_time.GetTimestamp()));
                crowd.TurnEnded(_time.GetTimestamp(), wasWorthIt: false);
            }

            _time.Advance(TimeSpan.FromSeconds(pause - 0.1));
            crowd.Blocked(0, _time.GetTimestamp());
            Assert.False(crowd.IsThere(_time.GetTimestamp()));
            _time.Advance(TimeSpan.FromSeconds(0.2));
        }
    }
}
