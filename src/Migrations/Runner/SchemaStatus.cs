namespace PgLocks.Migrations;

/// <summary>Where the schema of one database stands.</summary>
/// <param name="Migrations">Every version that is known here or applied there, oldest first.</param>
/// <param name="Current">The newest applied version; 0 when the schema is missing.</param>
/// <param name="Latest">The newest version that this assembly knows.</param>
public sealed record SchemaStatus(IReadOnlyList<MigrationStatus> Migrations, long Current, long Latest)
{
    /// <summary>True when every known version is applied, and no other.</summary>
    public bool IsCurrent => Migrations.All(migration => migration is { IsKnown: true, AppliedAt: not null });
}

/// <summary>One version.</summary>
/// <param name="Version">yyyyMMddHHmm.</param>
/// <param name="Description">What it does.</param>
/// <param name="AppliedAt">When it was applied; null: pending.</param>
/// <param name="IsKnown">False when the database has a version that this assembly has not: a newer PgLocks was here.</param>
public sealed record MigrationStatus(long Version, string Description, DateTimeOffset? AppliedAt, bool IsKnown);
