using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using PgLocks.FaultTests.Traffic;
using PgLocks.TestKit;

namespace PgLocks.FaultTests.Report;

/// <summary>Where a run took place: without it, its times say nothing.</summary>
internal sealed record RunSetting(string Server, string Commit)
{
    private const string AutogroupFile = "/proc/sys/kernel/sched_autogroup_enabled";

    /// <summary>The kernel's <c>sched_autogroup_enabled</c>; null where it has none. With 1 a busy machine lets some of the server's backends wait for a processor for up to a quarter of a second; see docs/guarantees.md.</summary>
    internal static string? Autogroup => File.Exists(AutogroupFile) ? File.ReadAllText(AutogroupFile).Trim() : null;

    internal static async Task<RunSetting> ReadAsync(Arena arena)
    {
        var version = await arena.ColumnAsync<string>("SHOW server_version");
        return new RunSetting(version[0], await CommitAsync());
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {TimeProvider.System.GetUtcNow():yyyy-MM-dd}, commit {Commit}. {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30)} GB, {RuntimeInformation.OSDescription.Trim()}{(Autogroup is { } value ? $", `kernel.sched_autogroup_enabled` {value}" : "")};
        PostgreSQL {Server} on the same machine, without fsync; {RuntimeInformation.FrameworkDescription}, Npgsql {typeof(NpgsqlConnection).Assembly.GetName().Version?.ToString(3)}.
        `HeartbeatInterval` {Times.Heartbeat.TotalSeconds} s, `LeaseDuration` {Times.Lease.TotalSeconds} s, `ServerLeaseDuration` {Times.ServerLease.TotalSeconds} s, `LockDelay` {Times.LockDelay.TotalSeconds} s.
        """);

    /// <summary>As git describes it; a checkout without git has none.</summary>
    private static async Task<string> CommitAsync()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", SolutionPaths.Root, "describe", "--always", "--dirty"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var commit = await git.StandardOutput.ReadToEndAsync();
            await git.WaitForExitAsync();
            return git.ExitCode == 0 ? $"`{commit.Trim()}`" : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
