namespace PgLocks.AdminTool.Rendering;

/// <summary>How things are called in tables.</summary>
internal static class Names
{
    private const int LongestWhole = 16;

    /// <summary>5GhC…/EURUSD; null when the key is not known.</summary>
    public static string? Key(string? hotkey, string? pair) => hotkey is null ? null : $"{hotkey}/{pair}";

    /// <summary>5GhCxfBc…RT9t/BTCUSD: enough to tell hotkeys apart.</summary>
    public static string Short(string key)
    {
        var end = key.LastIndexOf('/');
        var hotkey = end < 0 ? key : key[..end];
        return hotkey.Length <= LongestWhole ? key : $"{hotkey[..8]}…{hotkey[^4..]}{key[hotkey.Length..]}";
    }

    /// <summary>The first part of an instance's id: enough to tell instances apart.</summary>
    public static string? Short(Guid? instanceId) => instanceId is { } id ? $"{id:N}"[..8] : null;

    /// <summary>orders@host-2 (pid 4711); of a foreign session what is known of it.</summary>
    public static string Process(string? application, string? host, int? pid)
    {
        var name = string.IsNullOrEmpty(application) ? "unnamed" : application;
        var place = string.IsNullOrEmpty(host) ? "" : $"@{host}";
        return pid is null ? $"{name}{place}" : $"{name}{place} (pid {pid})";
    }
}
