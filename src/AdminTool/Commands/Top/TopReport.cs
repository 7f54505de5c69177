using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>A frame as an answer like any other, for what is no terminal.</summary>
internal static class TopReport
{
    public static Report Of(TopFrame frame, TopSubject subject, TopOrder order, int top) => new()
    {
        Facts =
        [
            new("at", "at", CellKind.Time, frame.Reading.At),
            new("server", "server", CellKind.Text, frame.Server),
            new("space", "space", CellKind.Text, frame.Space.Name),
            new("pool_size", "slots", CellKind.Number, frame.Space.PoolSize),
            new("instances", "instances live", CellKind.Number, frame.Reading.Instances),
            new("slots_owned", "slots owned", CellKind.Number, frame.SlotsOwned),
            new("slots_waited_for", "slots waited for", CellKind.Number, frame.SlotsWaitedFor),
            new("waiters", "sessions waiting", CellKind.Number, frame.Total.Waiters),
            new("longest_wait_ms", "longest wait", CellKind.Milliseconds, frame.Total.LongestWaitMs),
            new("period_ms", "rates over", CellKind.Milliseconds, (long)frame.Total.Period.TotalMilliseconds),
            new("acquired_per_s", "acquired a second", CellKind.Number, frame.Total.AcquiredPerS),
            new("wait_ns_per_s", "waited a second", CellKind.Nanoseconds, frame.Total.WaitNsPerS),
            new("busy", "keys held at a time", CellKind.Number, frame.Total.Busy),
            new("contended_slot_per_s", "collisions a second", CellKind.Number, frame.Total.CollisionsPerS),
            new("timed_out_per_s", "timeouts a second", CellKind.Number, frame.Total.TimedOutPerS),
        ],
        Listings = [TopColumns.Listing(frame, subject, TopRows.Choose(frame, subject, order, "").Take(top))],
    };
}
