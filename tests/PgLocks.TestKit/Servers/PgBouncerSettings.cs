using Npgsql;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>Writes pgbouncer.ini and its list of users.</summary>
internal static class PgBouncerSettings
{
    public static async Task<string> WriteAsync(TemporaryFolder folder, string serverConnectionString, PoolMode mode, int port, int poolSize)
    {
        var server = new NpgsqlConnectionStringBuilder(serverConnectionString);
        var users = await WriteAsync(folder["users.txt"], $"\"{server.Username}\" \"{server.Password}\"\n");
        return await WriteAsync(folder["pgbouncer.ini"], $"""
            [databases]
            * = host={server.Host} port={server.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = {(string.IsNullOrEmpty(server.Password) ? "trust" : "scram-sha-256")}
            auth_file = {users}
            pool_mode = {mode.ToString().ToLowerInvariant()}
            default_pool_size = {poolSize}
            server_idle_timeout = 5
            max_client_conn = 500
            ignore_startup_parameters = extra_float_digits,options

            """);
    }

    // Root writes it, another user reads it; the folder itself is closed to everybody else.
    private static async Task<string> WriteAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return path;
    }
}
