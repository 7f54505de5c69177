namespace PgLocks.Postgres;

/// <summary>
/// How long a server still counts as one that may have freed slots whose owners do not know yet: for the lock delay since it was started or recovered.
/// Its own word on how long ago that was counts only when it is first met, and for no more than the lock delay, because its clock may have been set.
/// </summary>
internal sealed class ServerYouth(TimeSpan lockDelay)
{
    private readonly Lock _sync = new();
    private string? _life;
    private TimeSpan _end;

    /// <param name="server">As it told now.</param>
    /// <param name="now">On this process' monotonic clock.</param>
    internal TimeSpan LeftOf(ServerInfo server, TimeSpan now)
    {
        lock (_sync)
        {
            if (server.Life != _life)
            {
                // Of one that began anew since, nothing is older than this instance's last look at it.
                TimeSpan left = _life is null ? lockDelay - server.Age : lockDelay;
                _end = now + (left < lockDelay ? left : lockDelay);
                _life = server.Life;
            }
            return _end - now;
        }
    }
}
