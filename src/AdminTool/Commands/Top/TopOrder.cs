namespace PgLocks.AdminTool.Commands.Top;

/// <summary>By what the rows are sorted, most first.</summary>
internal enum TopOrder
{
    /// <summary>Time waited, now and lately.</summary>
    Wait,

    /// <summary>The age of the hold now, then time held lately.</summary>
    Hold,

    Acquired,

    /// <summary>Waits because of another key of the slot.</summary>
    Collisions,
}

/// <summary>What a row is.</summary>
internal enum TopSubject
{
    Slots,
    Keys,
}

/// <summary>Chooses rows and puts them in order.</summary>
internal static class TopRows
{
    public static IReadOnlyList<TopRow> Choose(TopFrame frame, TopSubject subject, TopOrder order, string filter)
    {
        var rows = (subject == TopSubject.Keys ? frame.Keys : frame.Slots).Where(row => Fits(row, filter));
        var sorted = order switch
        {
            TopOrder.Hold => rows.OrderByDescending(row => row.HoldAgeMs ?? -1).ThenByDescending(row => row.Counts.HoldNs),
            TopOrder.Acquired => rows.OrderByDescending(row => row.Counts.Acquired),
            TopOrder.Collisions => rows.OrderByDescending(row => row.Counts.ContendedSlot),
            _ => rows.OrderByDescending(row => row.Waiting).ThenByDescending(row => row.LongestWaitMs),
        };
        return [.. sorted.ThenBy(row => row.Slot).ThenBy(row => row.Key, StringComparer.Ordinal)];
    }

    private static bool Fits(TopRow row, string filter) =>
        filter.Length == 0
        || $"{row.Slot}" == filter
        || Has(row.Key, filter)
        || Has(row.Process, filter);

    private static bool Has(string? text, string filter) => text?.Contains(filter, StringComparison.OrdinalIgnoreCase) ?? false;
}
