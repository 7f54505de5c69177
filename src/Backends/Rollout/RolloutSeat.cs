using PgLocks.Postgres;

namespace PgLocks.Backends.Rollout;

/// <summary>Who this process is in the rollout, and what its sessions need.</summary>
internal sealed record RolloutSeat(PgLocksOptions Options, Connections Connections, Space Space, string OldSide, string NewSide, RolloutMember Member, TimeProvider Time)
{
    internal Guid InstanceId { get; } = Guid.NewGuid();
}
