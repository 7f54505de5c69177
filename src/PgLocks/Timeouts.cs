namespace PgLocks;

/// <summary>The one rule for every timeout that a caller gives.</summary>
internal static class Timeouts
{
    internal static TimeSpan Checked(TimeSpan timeout) =>
        timeout == Timeout.InfiniteTimeSpan || (timeout >= TimeSpan.Zero && timeout.TotalMilliseconds <= int.MaxValue)
            ? timeout
            : throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A timeout is 0 (tries once) to int.MaxValue ms, or Timeout.InfiniteTimeSpan.");

    internal static bool IsOver(TimeSpan timeout, TimeSpan spent) => timeout != Timeout.InfiniteTimeSpan && timeout <= spent;

    /// <summary>What is left of a timeout for the next of several waits.</summary>
    /// <remarks>The least span there is when it is over, and not zero: that is a try, and waits for the server's answer, however long this takes.</remarks>
    internal static TimeSpan Left(TimeSpan timeout, TimeSpan spent)
    {
        if (timeout == Timeout.InfiniteTimeSpan || timeout == TimeSpan.Zero)
            return timeout;
        return IsOver(timeout, spent) ? TimeSpan.FromTicks(1) : timeout - spent;
    }

    /// <summary>The longest span there is where the sum is longer: then a rule is broken, and shall be told.</summary>
    internal static TimeSpan Sum(TimeSpan span, TimeSpan more) => span > TimeSpan.MaxValue - more ? TimeSpan.MaxValue : span + more;
}
