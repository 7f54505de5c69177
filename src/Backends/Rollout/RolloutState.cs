using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PgLocks.Backends.Rollout;

/// <summary>The state of a rollout, as the space's row has it.</summary>
/// <param name="Generation">Counts the changes.</param>
/// <param name="NewPercent">Keys whose hash is below are New.</param>
/// <param name="BothPercent">Keys whose hash is below, and not New, are Both; all others are Old.</param>
internal readonly record struct RolloutState(long Generation, int NewPercent, int BothPercent)
{
    internal RolloutMode ModeOf(PositionKey key) => ModeOf(HashOf(key));

    internal RolloutMode ModeOf(int hash) => hash < NewPercent ? RolloutMode.New : hash < BothPercent ? RolloutMode.Both : RolloutMode.Old;

    /// <summary>0 to 99, from another part of the digest than the slot, so that the keys of one slot are spread too.</summary>
    internal static int HashOf(PositionKey key) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString()))) * 100UL >> 32);
}
