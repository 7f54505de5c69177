using System.Collections.Concurrent;
using Npgsql;

namespace PgLocks.Local;

/// <summary>How the key tier proves a lease inside the caller's transaction; the floor that talks to the server implements it.</summary>
internal delegate ValueTask FenceLease(KeyGate gate, Tenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken);

/// <summary>The table of gates: one a key and process, made at first use, evicted when idle.</summary>
internal sealed class KeyTier : IKeyLocks
{
    private readonly ConcurrentDictionary<PositionKey, KeyGate> _gates = new();
    private readonly Func<PositionKey, SlotPort> _slotOf;
    private readonly FenceLease _fence;
    private readonly Func<PositionKey, KeyGate> _newGate;

    internal KeyTier(TimeProvider time, TimeSpan defaultTimeout, LockSink sink, string instanceName, Func<PositionKey, SlotPort> slotOf, FenceLease fence)
    {
        Time = time;
        DefaultTimeout = defaultTimeout;
        Sink = sink;
        InstanceName = instanceName;
        _slotOf = slotOf;
        _fence = fence;
        _newGate = NewGate;
    }

    internal TimeProvider Time { get; }

    internal TimeSpan DefaultTimeout { get; }

    internal LockSink Sink { get; }

    internal string InstanceName { get; }

    /// <summary>Checks the order of nested acquires, if that is asked for. Tries need no order: they wait for nobody for long.</summary>
    internal LockOrder? Order { get; init; }

    internal int Count => _gates.Count;

    /// <summary>Every gate, in no order; safe beside all other calls.</summary>
    internal IEnumerable<KeyGate> Gates => _gates.Select(entry => entry.Value);

    internal KeyGate Find(PositionKey key)
    {
        while (true)
        {
            KeyGate gate = _gates.GetOrAdd(key, _newGate);
            if (!gate.IsEvicted)
                return gate;
            Remove(gate);
        }
    }

    KeyLock IKeyLocks.Find(PositionKey key) => Find(key);

    /// <summary>Takes an idle gate out of the table; false when somebody holds or wants it.</summary>
    internal bool TryEvict(KeyGate gate)
    {
        if (!gate.TryEvict())
            return false;
        Remove(gate);
        return true;
    }

    internal ValueTask FenceAsync(KeyGate gate, Tenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        _fence(gate, tenure, transaction, cancellationToken);

    private void Remove(KeyGate gate) => _gates.TryRemove(KeyValuePair.Create(gate.Key, gate));

    private KeyGate NewGate(PositionKey key)
    {
        // The default key passes no rule, so it is stopped here: a table entry is the one place that every acquire goes through.
        ArgumentNullException.ThrowIfNull(key.MinerHotkey, nameof(key));
        return new KeyGate(key with { TradePairId = string.Intern(key.TradePairId) }, this, _slotOf(key));
    }
}
