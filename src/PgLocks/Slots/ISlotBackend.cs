namespace PgLocks.Slots;

/// <summary>The port to whatever really locks slots between instances. No call waits; answers come through <see cref="ISlotEvents"/>, on any thread.</summary>
/// <remarks>Operations on one slot are carried out in the order in which they were posted.</remarks>
internal interface ISlotBackend
{
    /// <summary>Tries the slot; where another owns it, asks for it and waits in line, until it is gained or no longer wanted.</summary>
    void Gain(int slot);

    /// <summary>
    /// As <see cref="Gain"/>, for a slot that another most likely owns: a try that also asks, on a session that then stands in line. False, and nothing is posted, when no
    /// such session is at hand. Only for a slot about which nothing else is posted.
    /// </summary>
    bool TryGainInLine(int slot);

    /// <summary>Releases the slot from the session that owns it.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="owner">The session that gained it.</param>
    /// <param name="urgent">Whether somebody is known to wait: only then is it worth a round trip of its own.</param>
    void Release(int slot, SessionLease owner, bool urgent);

    /// <summary>Asks the owners of these slots to yield them, without standing in line.</summary>
    void Ask(IReadOnlyCollection<int> slots);

    /// <summary>Draws two more of the slot's numbers, which leaves their parity as it was.</summary>
    void DrawNumbers(int slot, SessionLease owner);
}

/// <summary>What a backend reports.</summary>
internal interface ISlotEvents
{
    /// <summary>The slot is owned by <paramref name="owner"/> now.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="owner">The session that owns it.</param>
    /// <param name="epoch">The number drawn at the gain.</param>
    /// <param name="unclean">Whether the last owner died owning.</param>
    /// <param name="sentAt">When the server was asked for it.</param>
    void Gained(int slot, SessionLease owner, long epoch, bool unclean, long sentAt);

    /// <summary>Another owns the slot. True: wait in line for it; false: nobody wants it any more, or it is seen to, and the gain has ended.</summary>
    bool Blocked(int slot, long sentAt);

    /// <summary>Whether the slot is still waited for because another owns it.</summary>
    bool IsBlocked(int slot);

    /// <summary>The server could not be asked; the backend goes on trying.</summary>
    void Unreachable(int slot, Exception failure);

    void Released(int slot);

    /// <summary>The two numbers are drawn; the newest of them.</summary>
    void NumbersDrawn(int slot, SessionLease owner, long newest);

    /// <summary>Another instance, or a foreign session, waits for the slot.</summary>
    void Asked(int slot);

    /// <summary>The session can no longer be proven alive: every slot that it owned is lost.</summary>
    void Lost(SessionLease session);
}
