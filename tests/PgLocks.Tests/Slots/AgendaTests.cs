using Microsoft.Extensions.Time.Testing;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

public sealed class AgendaTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Agenda _agenda;

    public AgendaTests() => _agenda = new Agenda(_time);

    private long In(double milliseconds) => _time.GetTimestamp() + (long)(milliseconds * _time.TimestampFrequency / 1000);

    [Fact]
    public void RunDue_NothingThere_IsNull() => Assert.Null(_agenda.RunDue());

    [Fact]
    public void RunDue_NotYet_ReturnsWhenTheFirstIsDue()
    {
        _agenda.At(In(20), () => Assert.Fail("too early"));
        _agenda.At(In(10), () => Assert.Fail("too early"));

        Assert.Equal(In(10), _agenda.RunDue());
    }

    [Fact]
    public void RunDue_SeveralDue_RunsThemInTheirOrder()
    {
        var ran = new List<int>();
        foreach (var at in new[] { 30, 10, 20, 40 })
            _agenda.At(In(at), () => ran.Add(at));

        _time.Advance(TimeSpan.FromMilliseconds(30));

        Assert.Equal(In(10), _agenda.RunDue());
        Assert.Equal([10, 20, 30], ran);
    }

    [Fact]
    public void RunDue_ActionAddsADueOne_RunsItToo()
    {
        var ran = false;
        _agenda.At(In(0), () => _agenda.At(In(0), () => ran = true));

        Assert.Null(_agenda.RunDue());
        Assert.True(ran);
    }

    [Fact]
    public void At_BeforeAllOthers_WakesTheClock()
    {
        var woken = 0;
        _agenda.EarlierDue = () => woken++;

        _agenda.At(In(10), () => { });
        _agenda.At(In(20), () => { });
        _agenda.At(In(5), () => { });

        Assert.Equal(2, woken);
    }
}
