namespace PgLocks.Tests.Architecture;

/// <summary>A file uses only its own floor and lower ones.</summary>
public sealed class FloorTests
{
    private static readonly string[] Floors =
        ["PgLocks", "PgLocks.Keys", "PgLocks.Local", "PgLocks.Slots", "PgLocks.Postgres", "PgLocks.Telemetry", "PgLocks.Registry", "PgLocks.Hosting"];

    /// <summary>The entrance of the house, and a contract whose constructor must refuse what breaks the rules of keys.</summary>
    private static readonly (string Type, string Floor)[] Exempt = [(nameof(PgLockProvider), "PgLocks.Hosting"), (nameof(PositionKey), "PgLocks.Keys")];

    [Fact]
    public void EveryType_OfTheLibrary_StandsOnAFloor()
    {
        var homeless = typeof(PgLockProvider).Assembly.GetTypes().Where(type => IsOurs(type) && FloorOf(type) < 0);

        Assert.Empty(homeless);
    }

    [Fact]
    public void EveryType_OfTheLibrary_UsesNoHigherFloor()
    {
        var climbing =
            from type in typeof(PgLockProvider).Assembly.GetTypes()
            where IsOurs(type) && FloorOf(type) >= 0
            from used in TypeUses.Of(type)
            where FloorOf(used) > FloorOf(type) && !IsExempt(type, FloorOf(used))
            select $"{type.FullName} uses {used.FullName}";

        Assert.Empty(climbing.Distinct());
    }

    [Fact]
    public void TypeUses_OfTheEntrance_FindWhatItsMethodsCall() =>
        Assert.Contains(typeof(PgLocks.Hosting.LockInstance), TypeUses.Of(typeof(PgLockProvider)));

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("PgLocks", StringComparison.Ordinal) == true;

    private static int FloorOf(Type type) => type.Assembly == typeof(PgLockProvider).Assembly ? Array.IndexOf(Floors, type.Namespace) : -1;

    private static bool IsExempt(Type type, int floor)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return Exempt.Any(exempt => exempt.Type == type.Name && Array.IndexOf(Floors, exempt.Floor) >= floor);
    }
}
