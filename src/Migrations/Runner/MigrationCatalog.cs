using System.Reflection;
using FluentMigrator;

namespace PgLocks.Migrations;

/// <summary>The migrations of this assembly, oldest first. Needs no server.</summary>
internal static class MigrationCatalog
{
    public static IReadOnlyList<MigrationAttribute> All { get; } =
        [.. typeof(MigrationCatalog).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<MigrationAttribute>(inherit: false))
            .OfType<MigrationAttribute>()
            .OrderBy(migration => migration.Version)];

    public static long Latest => All[^1].Version;

    public static bool Knows(long version) => All.Any(migration => migration.Version == version);

    /// <exception cref="MigrationException">No migration has that version, and it is not 0 (empty).</exception>
    public static long CheckTarget(long version) => version == 0 || Knows(version)
        ? version
        : throw new MigrationException(
            MigrationFailure.UnknownVersion,
            $"Version {version} does not exist. 'pglocks migrate status' lists the versions; the latest is {Latest}, and 0 is the empty database.");
}
