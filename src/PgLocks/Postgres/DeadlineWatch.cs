using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>Loses a session's slots at its deadline, also while its own thread hangs in a read that will never be answered.</summary>
internal static class DeadlineWatch
{
    internal static void Start(BackendContext context, ISlotEvents events, SessionLease lease) =>
        context.Agenda.At(lease.Deadline, () => Look(context, events, lease));

    private static void Look(BackendContext context, ISlotEvents events, SessionLease lease)
    {
        if (lease.IsLost)
            return;
        if (lease.IsProvenAt(context.Time.GetTimestamp()))
            Start(context, events, lease);
        else if (lease.TryLose(SessionLease.Overdue))
            events.Lost(lease);
    }
}
