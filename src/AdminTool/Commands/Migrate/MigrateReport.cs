using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Migrate;

/// <summary>What a run up or down has done.</summary>
internal static class MigrateReport
{
    public static Report Of(string done, IReadOnlyList<long> versions, long target) => new()
    {
        Facts = [new("version", "version", CellKind.Id, target, Audience.Programs)],
        Listings = [Listing.Of(done, versions, [new("version", done, CellKind.Id, version => version)], $"Nothing to do: the schema is at version {target}.")],
        Message = versions.Count == 0 ? null : $"{versions.Count} {(versions.Count == 1 ? "step" : "steps")} {done}. The schema is at version {target}.",
    };
}
