namespace PgLocks.Slots;

/// <summary>The owned slot as every grant sees it: one word that says whether it admits, how many leases it carries and how many it has granted.</summary>
/// <remarks>
/// <code>
/// bits  0–16  leases in it now         bits 17–59  leases granted since the gain: the counter in their fencing tokens
/// bit  60     Open: admits             bit  61     Asked: admits until CloseAt       bit 62  Transient: released as soon as idle
/// enter (any thread)      count + 1, granted + 1, only while Open, before CloseAt, before the session's deadline
/// exit  (any thread)      count - 1; the one that reaches zero tells the slot, if it is not to be kept
/// Open, Asked, Transient  the slot alone, under its lock
/// </code>
/// A tenure is never reused, so a lease of a lost one cannot touch the next.
/// </remarks>
internal sealed class SlotTenure : Tenure
{
    private const int CountBits = 17;
    private const long CountMask = (1L << CountBits) - 1;
    private const long OneEntry = (1L << CountBits) + 1;
    private const int GrantedBits = 43;
    private const long GrantedMask = (1L << GrantedBits) - 1;
    private const long Open = 1L << 60;
    private const long Asked = 1L << 61;
    private const long Transient = 1L << 62;

    /// <summary>Two numbers of the slot's sequence are one gain's and one release's, so a gain is good for the grants of two.</summary>
    private const long GrantsPerDraw = 2L << CounterBits;

    private readonly Slot _slot;
    private long _closeAt = long.MaxValue;
    private long _numbersEnd = GrantsPerDraw / 2;
    private long _drawAt = GrantsPerDraw / 4;
    private long _word;

    internal SlotTenure(Slot slot, SessionLease session, long epoch)
        : base(epoch)
    {
        _slot = slot;
        Session = session;
    }

    internal SessionLease Session { get; }

    internal override bool IsLost => Session.IsLost;

    internal override CancellationToken LostToken => Session.LostToken;

    internal int Count => (int)(Volatile.Read(ref _word) & CountMask);

    /// <summary>Leases granted since the gain.</summary>
    internal long Granted => (Volatile.Read(ref _word) >> CountBits) & GrantedMask;

    internal bool IsOpen => (Volatile.Read(ref _word) & Open) != 0;

    /// <summary>Whether the slot stays owned when its last lease ends.</summary>
    internal bool IsKept => (Volatile.Read(ref _word) & (Open | Transient)) == Open;

    internal bool IsAsked => (Volatile.Read(ref _word) & Asked) != 0;

    internal bool TryEnter(long now, out long fencingToken)
    {
        long word = Volatile.Read(ref _word);
        while (true)
        {
            long granted = (word >> CountBits) & GrantedMask;
            if ((word & Open) == 0
                || now >= Session.Deadline
                || ((word & Asked) != 0 && now >= Volatile.Read(ref _closeAt))
                || granted >= Volatile.Read(ref _numbersEnd)
                || (word & CountMask) == CountMask)
            {
                fencingToken = 0;
                return false;
            }
            long seen = Interlocked.CompareExchange(ref _word, word + OneEntry, word);
            if (seen == word)
            {
                if (granted == Volatile.Read(ref _drawAt))
                    _slot.DrawNumbers(this);
                fencingToken = (Epoch << CounterBits) + granted;
                return true;
            }
            word = seen;
        }
    }

    internal override void Exit()
    {
        long word = Interlocked.Decrement(ref _word);
        if ((word & CountMask) == 0 && (word & (Open | Transient)) != Open)
            _slot.Drained(this);
    }

    /// <summary>As <see cref="Exit"/>, for the slot itself, which looks afterwards.</summary>
    internal void Leave() => Interlocked.Decrement(ref _word);

    /// <summary>Begins to admit; <paramref name="closeAt"/> is when to stop, if somebody waits already.</summary>
    internal void Admit(bool transient, long? closeAt)
    {
        Volatile.Write(ref _closeAt, closeAt ?? long.MaxValue);
        Set(Open | (transient || closeAt is not null ? Transient : 0) | (closeAt is null ? 0 : Asked));
    }

    internal void Ask(long closeAt)
    {
        Volatile.Write(ref _closeAt, closeAt);
        Set(Asked | Transient);
    }

    internal void Close() => Interlocked.And(ref _word, ~Open);

    /// <summary>Closes if no lease is in it.</summary>
    internal bool TryCloseIdle()
    {
        long word = Volatile.Read(ref _word);
        while ((word & CountMask) == 0)
        {
            long seen = Interlocked.CompareExchange(ref _word, word & ~Open, word);
            if (seen == word)
                return true;
            word = seen;
        }
        return false;
    }

    /// <summary>The slot's sequence stands at <paramref name="newest"/>: tokens up to that number's last are this tenure's. False if another drew between.</summary>
    internal bool TryExtend(long newest)
    {
        if (newest - Epoch + 1 != (_numbersEnd >> CounterBits) + 2)
            return false;
        Volatile.Write(ref _drawAt, _numbersEnd + GrantsPerDraw / 2);
        Volatile.Write(ref _numbersEnd, _numbersEnd + GrantsPerDraw);
        return true;
    }

    private void Set(long bits) => Interlocked.Or(ref _word, bits);
}
