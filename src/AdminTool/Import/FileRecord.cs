namespace PgLocks.AdminTool.Import;

/// <summary>One record of a file: named fields, and where it stands.</summary>
internal sealed record FileRecord(int Line, IReadOnlyDictionary<string, string> Fields);
