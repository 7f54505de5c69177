namespace PgLocks.Local;

/// <summary>Which keys may be locked. The floor that knows the registry implements it.</summary>
internal interface IKeyFilter
{
    /// <summary>Whether the key may be locked, as far as is known now. No I/O.</summary>
    bool Admits(PositionKey key);

    /// <summary>Looks whether more is known by now, if the last look is not recent.</summary>
    /// <exception cref="PgLockException">The server could not be asked.</exception>
    Task LookAgainAsync();

    /// <summary>Why the key is not admitted.</summary>
    UnregisteredKeyException Refusal(PositionKey key);
}
