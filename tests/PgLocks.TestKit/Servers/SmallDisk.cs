using System.Diagnostics;
using Npgsql;

namespace PgLocks.TestKit;

/// <summary>A disk of its own for a tablespace, which can be full. It is in memory, and gone after the test, however that ends.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const string Roomy = "1g";

    private readonly string _path;
    private readonly MachineChange _mount;

    private SmallDisk(string path, MachineChange mount)
    {
        _path = path;
        _mount = mount;
    }

    /// <summary>Why there can be none on this machine; null if there can.</summary>
    public static string? Lack => Lacking.Value;

    private static Lazy<string?> Lacking { get; } = new(() =>
    {
        if (!MachineChange.IsAllowed)
            return "only root may mount a disk";
        return Run("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt") == 0 ? null : "this machine lets nobody mount a disk";
    });

    /// <summary>Mounts it, for a server whose folder is given.</summary>
    public static async Task<SmallDisk> CreateAsync(string serverFolder)
    {
        var path = Path.Combine(Path.GetTempPath(), $"disk-{Guid.NewGuid():N}");
        var mount = await MachineChange.MakeAsync(
            $"mkdir -m 711 '{path}'; mount -t tmpfs -o size={Roomy},mode=711 pglocks '{path}'; mkdir -m 700 '{path}/space'; chown --reference='{serverFolder}' '{path}/space'",
            // The server that uses it may still be on its way out.
            $"n=100; while mountpoint -q '{path}' && ! umount '{path}' && [ $n -gt 0 ]; do sleep 0.1; n=$((n - 1)); done; umount -l '{path}'; rmdir '{path}'");
        return new SmallDisk(path, mount);
    }

    /// <summary>Makes it a tablespace of the server, and moves tables there, with their indexes.</summary>
    /// <param name="connectionString">Of a superuser, in the tables' database.</param>
    /// <param name="tables">A regular expression for the names of tables in the schema pglocks.</param>
    public async Task TakeAsync(string connectionString, string tables)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await using (var create = source.CreateCommand($"CREATE TABLESPACE small LOCATION '{_path}/space'"))
            await create.ExecuteNonQueryAsync();
        await using var move = source.CreateCommand($"""
            DO $$
            DECLARE
                name text;
            BEGIN
                FOR name IN
                    SELECT format('ALTER %s %s SET TABLESPACE small', CASE WHEN c.relkind IN ('r', 'p') THEN 'TABLE' ELSE 'INDEX' END, c.oid::regclass)
                      FROM pg_class c LEFT JOIN pg_index x ON x.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = x.indrelid
                     WHERE c.relnamespace = 'pglocks'::regnamespace AND coalesce(t.relname, c.relname) ~ '{tables}' AND c.relkind IN ('r', 'p', 'i', 'I')
                LOOP
                    EXECUTE name;
                END LOOP;
            END $$
            """);
        await move.ExecuteNonQueryAsync();
    }

    /// <summary>From now on nothing more goes on it, as a table that would need room there has shown.</summary>
    /// <param name="connectionString">Of a superuser, in the database whose tables are there.</param>
    /// <exception cref="IOException">There is room all the same.</exception>
    public async Task FillAsync(string connectionString)
    {
        Fill();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await using var probe = source.CreateCommand($"CREATE TABLE probe_{Guid.NewGuid():N} TABLESPACE small AS SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
        try
        {
            await probe.ExecuteNonQueryAsync();
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.DiskFull)
        {
            return;
        }
        throw new IOException($"'{_path}' still has room.");
    }

    public void Free()
    {
        if (!TryResize(Roomy))
            throw new IOException($"'{_path}' could not be given room again.");
    }

    public ValueTask DisposeAsync() => _mount.DisposeAsync();

    private void Fill()
    {
        // What is written meanwhile makes the size too small.
        for (var attempt = 0; !TryResize(Used().ToString(System.Globalization.CultureInfo.InvariantCulture)); attempt++)
        {
            if (attempt == 100)
                throw new IOException($"'{_path}' could not be filled.");
        }
    }

    private long Used()
    {
        var drive = new DriveInfo(_path);
        return drive.TotalSize - drive.TotalFreeSpace;
    }

    private bool TryResize(string size) => Run("mount", "-o", $"remount,size={size}", _path) == 0;

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
