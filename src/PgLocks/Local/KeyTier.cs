using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace PgLocks.Local;

/// <summary>How the key tier proves a lease inside the caller's transaction; the floor that talks to the server implements it.</summary>
internal delegate ValueTask FenceLease(KeyGate gate, Tenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken);

/// <summary>The table of gates: one a key and process, made at first use, evicted when idle.</summary>
internal sealed class KeyTier : IKeyLocks
{
    private readonly ConcurrentDictionary<PositionKey, KeyGate> _gates = new();
    private readonly ConcurrentQueue<KeySink> _leftSinks = new();
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

    /// <summary>Decides which keys get a gate; without one every key does.</summary>
    internal IKeyFilter? Filter { get; init; }

    internal int Count => _gates.Count;

    /// <summary>Every gate, in no order; safe beside all other calls.</summary>
    internal IEnumerable<KeyGate> Gates => _gates.Select(entry => entry.Value);

    /// <summary>The gate of a key.</summary>
    /// <exception cref="UnregisteredKeyException">The key is not known to be registered, and must be.</exception>
    internal KeyGate Find(PositionKey key) => TryFind(key) ?? throw Refusal(key);

    /// <summary>The gate of a key, or what stands for it until it is known whether the key is registered.</summary>
    internal KeyLock FindLock(PositionKey key) => TryFind(key) ?? (KeyLock)new UnclearedKey(key, this, _slotOf(key).Number);

    /// <summary>The gate of a key that has one; the fast path of an acquire by key.</summary>
    internal KeyGate? TryGet(PositionKey key) => _gates.TryGetValue(key, out KeyGate? gate) && !gate.IsEvicted ? gate : null;

    /// <summary>The gate of a key, after another look at the registry if need be.</summary>
    internal ValueTask<KeyGate> FindClearedAsync(PositionKey key, TimeSpan timeout, CancellationToken cancellationToken) => FindLock(key) switch
    {
        KeyGate gate => new ValueTask<KeyGate>(gate),
        var uncleared => new ValueTask<KeyGate>(((UnclearedKey)uncleared).ClearAsync(timeout, cancellationToken)),
    };

    KeyLock IKeyLocks.Find(PositionKey key) => FindLock(key);

    internal UnregisteredKeyException Refusal(PositionKey key) => Filter!.Refusal(key);

    /// <summary>Takes an idle gate out of the table; true for the one call that did, which then answers for its recorder.</summary>
    internal bool TryEvict(KeyGate gate) => (gate.TryEvict() || gate.IsEvicted) && Remove(gate);

    /// <summary>Gates of retired keys leave: idle ones at once. With a filter nobody joins the line of a busy one, and it goes with its last lease.</summary>
    internal void Review(Predicate<PositionKey> isRetired)
    {
        foreach (KeyGate gate in Gates)
        {
            if (!isRetired(gate.Key))
                gate.Reopen();
            else if (Filter is not null)
                gate.Close();
            else
                gate.TryEvict();
            if (gate.IsEvicted)
                Leave(gate);
        }
    }

    /// <summary>Recorders whose gates left the table other than by <see cref="TryEvict"/>: what they counted is still to be written.</summary>
    internal bool TryTakeLeft([NotNullWhen(true)] out KeySink? sink) => _leftSinks.TryDequeue(out sink);

    internal ValueTask FenceAsync(KeyGate gate, Tenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        _fence(gate, tenure, transaction, cancellationToken);

    private KeyGate? TryFind(PositionKey key)
    {
        while (true)
        {
            if (!_gates.TryGetValue(key, out KeyGate? gate))
            {
                if (Filter?.Admits(key) == false)
                    return null;
                gate = _gates.GetOrAdd(key, _newGate);
                // A retirement can come between the look and the entry: of the two, the later one sees the other.
                if (Filter?.Admits(key) == false)
                    gate.Close();
            }
            if (!gate.IsEvicted)
                return gate;
            Leave(gate);
        }
    }

    private void Leave(KeyGate gate)
    {
        if (Remove(gate) && gate.RecentSink is { } sink)
            _leftSinks.Enqueue(sink);
    }

    private bool Remove(KeyGate gate) => _gates.TryRemove(KeyValuePair.Create(gate.Key, gate));

    private KeyGate NewGate(PositionKey key)
    {
        // The default key passes no rule, so it is stopped here: a table entry is the one place that every acquire goes through.
        ArgumentNullException.ThrowIfNull(key.MinerHotkey, nameof(key));
        return new KeyGate(key with { TradePairId = string.Intern(key.TradePairId) }, this, _slotOf(key));
    }
}
