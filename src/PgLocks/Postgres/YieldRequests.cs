using System.Globalization;
using Npgsql;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>Asks the owners of slots that this instance waits for to yield. Only hints: a lost one costs time, never safety.</summary>
/// <remarks>
/// The first request of a wait travels with the wait itself. It can come before the waiter stands in the server's line, so that the owner
/// releases and gains again unseen: therefore it is repeated while the wait lasts, after 10 ms, 100 ms, then every second.
/// </remarks>
internal sealed class YieldRequests
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(900), TimeSpan.FromSeconds(1)];

    private readonly BackendContext _context;
    private readonly ISlotEvents _events;
    private readonly NpgsqlDataSource _pool;
    private readonly string _sender;
    private readonly int[] _rounds;

    internal YieldRequests(BackendContext context, ISlotEvents events, NpgsqlDataSource pool, Guid instanceId)
    {
        _context = context;
        _events = events;
        _pool = pool;
        _sender = instanceId.ToString("N");
        _rounds = new int[context.Space.PoolSize];
    }

    internal string Payload(int slot) => string.Create(CultureInfo.InvariantCulture, $"{slot} {_sender}");

    /// <summary>The slot of a request by another instance; null for one's own and for what is no request.</summary>
    internal int? ReadOthers(string payload)
    {
        ReadOnlySpan<char> text = payload;
        int space = text.IndexOf(' ');
        ReadOnlySpan<char> number = space < 0 ? text : text[..space];
        bool isOwn = space >= 0 && text[(space + 1)..].SequenceEqual(_sender);
        return !isOwn && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int slot) && slot < _rounds.Length ? slot : null;
    }

    internal void Begin(int slot, bool sentWithWait)
    {
        int round = Interlocked.Increment(ref _rounds[slot]);
        string payload = Payload(slot);
        if (!sentWithWait)
            _ = SendAsync(payload);
        Repeat(payload, () => Volatile.Read(ref _rounds[slot]) == round && _events.IsBlocked(slot), pause: 0);
    }

    /// <summary>Asks every instance, this one too, for as long as a session that is none of the instance's own waits.</summary>
    internal void BeginForeign(int slot, Func<bool> waits)
    {
        string payload = slot.ToString(CultureInfo.InvariantCulture);
        _ = SendAsync(payload);
        Repeat(payload, waits, pause: 0);
    }

    private void Repeat(string payload, Func<bool> waits, int pause) =>
        _context.Agenda.At(_context.Time.GetTimestamp() + _context.Ticks(Pauses[pause]), () =>
        {
            if (!waits())
                return;
            _ = SendAsync(payload);
            Repeat(payload, waits, Math.Min(pause + 1, Pauses.Length - 1));
        });

    private async Task SendAsync(string payload)
    {
        try
        {
            NpgsqlCommand command = _pool.CreateCommand(Sql.NotifyAtOnce);
            await using (command.ConfigureAwait(false))
            {
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
}
