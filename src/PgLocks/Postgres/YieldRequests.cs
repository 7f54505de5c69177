using Npgsql;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>Asks the owners of slots that this instance waits for to yield. Only hints: a lost one costs time, never safety.</summary>
/// <remarks>
/// One request at a time is on its way; slots that are wanted meanwhile go into the next, because every request wakes every instance.
/// A request can come before the waiter stands in the server's line, so that the owner releases and gains again unseen: therefore it is
/// repeated while the wait lasts, after 10 ms, 100 ms, then every second.
/// </remarks>
internal sealed class YieldRequests
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(900), TimeSpan.FromSeconds(1)];

    private readonly BackendContext _context;
    private readonly ISlotEvents _events;
    private readonly NpgsqlDataSource _pool;
    private readonly int[] _rounds;
    private readonly Lock _sync = new();
    private readonly HashSet<int> _next = [];
    private readonly HashSet<int> _nextForeign = [];
    private bool _isSending;

    internal YieldRequests(BackendContext context, ISlotEvents events, NpgsqlDataSource pool, Guid instanceId)
    {
        _context = context;
        _events = events;
        _pool = pool;
        _rounds = new int[context.Space.PoolSize + 1];
        Format = new RequestFormat(instanceId, context.Space.PoolSize + 1);
    }

    internal RequestFormat Format { get; }

    /// <summary>Asks once.</summary>
    internal void Ask(IReadOnlyCollection<int> slots)
    {
        lock (_sync)
            _next.UnionWith(slots);
        SendIfIdle();
    }

    /// <summary>Asks, and again for as long as the slot is waited for.</summary>
    internal void Begin(int slot, bool sentWithWait)
    {
        int round = Interlocked.Increment(ref _rounds[slot]);
        Begin(new Wait(slot, IsForeign: false, () => Volatile.Read(ref _rounds[slot]) == round && _events.IsBlocked(slot)), sentWithWait);
    }

    /// <summary>Asks every instance, this one too, for as long as a session that is none of the instance's own waits.</summary>
    internal void BeginForeign(int slot, Func<bool> waits) => Begin(new Wait(slot, IsForeign: true, waits), sentWithWait: false);

    private void Begin(Wait wait, bool sentWithWait)
    {
        RepeatLater(wait);
        if (!sentWithWait)
            Ask(wait);
    }

    private void RepeatLater(Wait wait) =>
        _context.Agenda.At(_context.Time.GetTimestamp() + _context.Ticks(Pauses[wait.Pause]), () => Repeat(wait));

    private void Repeat(Wait wait)
    {
        if (!wait.Lasts())
            return;
        RepeatLater(wait with { Pause = Math.Min(wait.Pause + 1, Pauses.Length - 1) });
        Ask(wait);
    }

    private void Ask(Wait wait)
    {
        lock (_sync)
            SetOf(wait).Add(wait.Slot);
        SendIfIdle();
    }

    private HashSet<int> SetOf(Wait wait) => wait.IsForeign ? _nextForeign : _next;

    private void SendIfIdle()
    {
        lock (_sync)
        {
            if (_isSending || _next.Count + _nextForeign.Count == 0)
                return;
            _isSending = true;
        }
        _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        while (Take() is { } payload)
            await SendAsync(payload).ConfigureAwait(false);
    }

    private string? Take()
    {
        lock (_sync)
        {
            HashSet<int> slots = _next.Count > 0 ? _next : _nextForeign;
            int[] taken = [.. slots.Take(RequestFormat.MostSlots)];
            slots.ExceptWith(taken);
            _isSending = taken.Length > 0;
            return _isSending ? Format.Write(taken, slots == _nextForeign) : null;
        }
    }

    private async Task SendAsync(string payload)
    {
        try
        {
            NpgsqlCommand command = _pool.CreateCommand(Sql.NotifyAtOnce);
            await using (command.ConfigureAwait(false))
            {
                // On a silent network the next request had better go by another connection.
                command.CommandTimeout = _context.Connections.LeaseSeconds;
                command.Parameters.Add(new() { Value = _context.Space.Channel });
                command.Parameters.Add(new() { Value = payload });
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or ObjectDisposedException)
        {
            Messages.RequestFailed(_context.Log, failure);
        }
    }

    /// <summary>One wait, for as long as it lasts, and which pause comes before the next request.</summary>
    private sealed record Wait(int Slot, bool IsForeign, Func<bool> Lasts, int Pause = 0);
}
