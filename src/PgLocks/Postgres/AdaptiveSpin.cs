namespace PgLocks.Postgres;

/// <summary>Looks for work a moment longer before its thread sleeps, where that pays: to wake a thread can take longer than the round trip that it is woken for.</summary>
/// <remarks>Work that comes within <see cref="Longest"/> earns a look, asleep or not; a look in vain costs one. One thread's own.</remarks>
internal sealed class AdaptiveSpin(TimeProvider time, Func<bool> isThere)
{
    internal static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(100);

    private const int MostCredit = 16;

    private readonly long _longest = (long)(Longest.TotalSeconds * time.TimestampFrequency);

    /// <summary>How many looks in vain it still pays to take.</summary>
    internal int Credit { get; private set; }

    internal void Spin()
    {
        if (Credit == 0 || isThere())
            return;
        long until = time.GetTimestamp() + _longest;
        do
            Thread.SpinWait(10);
        while (!isThere() && time.GetTimestamp() < until);
        if (isThere())
            Earn();
        else
            Credit--;
    }

    /// <summary>The thread slept from <paramref name="since"/> until it was woken by work.</summary>
    internal void Woken(long since)
    {
        if (time.GetTimestamp() - since <= 2 * _longest)
            Earn();
    }

    private void Earn() => Credit = Math.Min(Credit + 1, MostCredit);
}
