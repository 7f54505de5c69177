namespace PgLocks.AdminTool.Rendering;

/// <summary>How an answer is printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs: one object with "ok" and stable field names.</summary>
    Json,

    /// <summary>For spreadsheets: the answer's first list, or its facts as one row.</summary>
    Csv,
}
