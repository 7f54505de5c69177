using System.Globalization;

namespace PgLocks.AdminTool.Demo;

/// <summary>What an embedded server has in place of a postgresql.conf.</summary>
public static class LocalServerSettings
{
    private const int LongestSocketFolder = 80;

    public static Dictionary<string, string> For(LocalServerOptions options, TemporaryFolder folder)
    {
        var durable = options.Durable ? "on" : "off";
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "127.0.0.1",
            ["unix_socket_directories"] = folder.Path.Length <= LongestSocketFolder ? folder.Path : "",
            ["max_connections"] = options.MaxConnections.ToString(CultureInfo.InvariantCulture),
            ["fsync"] = durable,
            ["full_page_writes"] = durable,
            // In the data folder and not in /dev/shm, so that nothing is left of a server that was killed.
            ["dynamic_shared_memory_type"] = OperatingSystem.IsLinux() ? "mmap" : "posix",
            ["logging_collector"] = "off",
            ["log_line_prefix"] = "%m [%p] %q%a ",
        };
        foreach (var (name, value) in options.Settings)
            settings[name] = value;
        return settings;
    }
}
