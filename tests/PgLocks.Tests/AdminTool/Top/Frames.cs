using PgLocks.AdminTool.Commands.Top;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;

namespace PgLocks.Tests.AdminTool.Top;

/// <summary>Made-up readings, and frames of them.</summary>
internal static class Frames
{
    public static readonly DateTime Start = new(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc);

    public static readonly Guid Instance = Guid.Parse("11111111-2222-3333-4444-555555555555");

    public static TopFrame Of(params LiveLock[] locks) => Of(locks, []);

    public static TopFrame Of(IReadOnlyList<LiveLock> locks, IReadOnlyList<KeyTraffic> traffic)
    {
        var rates = new TopRates();
        var reading = new TopReading { At = Start, ServerVersion = "15.18", Instances = 2, Locks = locks, Traffic = traffic };
        rates.Add(reading, Start.AddMinutes(-1));
        return TopFrame.Of(
            ConnectionTarget.Parse("Host=db;Port=5433;Database=orders;Username=op;Password=s3cret-word"), new Space { Name = "default", PoolSize = 256 }, reading, rates);
    }

    public static KeyTraffic Traffic(string hotkey, int slot, long acquired, long waitMs = 0, long holdMs = 0, long collisions = 0, bool isLeftBehind = false) => new()
    {
        Hotkey = hotkey, Pair = "EURUSD", Slot = slot, Acquired = acquired, WaitSumNs = waitMs * 1_000_000, HoldSumNs = holdMs * 1_000_000,
        ContendedSlot = collisions, IsLeftBehind = isLeftBehind,
    };

    public static LiveLock Held(int slot, string hotkey, long ageMs) =>
        Kept(slot) with { Hotkey = hotkey, Pair = "EURUSD", HoldAgeMs = ageMs };

    public static LiveLock Kept(int slot, string application = "orders") =>
        new() { Slot = slot, IsGranted = true, InstanceId = Instance, Application = application, Host = "host-1", Pid = 4711 };

    public static LiveLock Waiting(int slot, long ageMs) =>
        new() { Slot = slot, WaitAgeMs = ageMs, InstanceId = Instance, Application = "late", Host = "host-2", Pid = 4712 };
}
