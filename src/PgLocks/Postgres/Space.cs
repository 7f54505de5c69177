namespace PgLocks.Postgres;

/// <summary>A lock space as the server has it; the same for all its instances.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ClassId">The first half of every lock's pair.</param>
/// <param name="PoolSize">Slots.</param>
/// <param name="Sequences">The object ids of the slots' sequences, by slot; the last is the turn's.</param>
/// <param name="SystemIdentifier">The cluster on which it was found: on another one the same names are other locks.</param>
internal sealed record Space(string Name, int ClassId, int PoolSize, uint[] Sequences, long SystemIdentifier)
{
    internal const short HashVersion = 1;

    /// <summary>What the space's owner has met of its server's timelines.</summary>
    internal NewestTimeline Timelines { get; } = new();

    internal string Channel => $"pglocks_{ClassId}";
}
