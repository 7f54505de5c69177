using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Medallion.Threading.Postgres;
using Medallion.Threading.Redis;
using Npgsql;

namespace PgLocks.Benchmarks.Report;

/// <summary>Where and with what the numbers were measured.</summary>
internal sealed record Setting(
    string Processor, int Cores, double MemoryGigabytes, string OperatingSystem, string Runtime, string Npgsql, string Postgres, bool IsGivenServer,
    string Fsync, string? Redis, string MedallionPostgres, string MedallionRedis, string Date, string Commit)
{
    internal static Setting Read(string postgres, string fsync, string? redis, bool isGivenServer) => new(
        ProcessorName(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        VersionOf<NpgsqlConnection>(),
        postgres,
        isGivenServer,
        fsync,
        redis,
        VersionOf<PostgresDistributedLock>(),
        VersionOf<RedisDistributedLock>(),
        DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        Git("rev-parse --short HEAD") + (Git("status --porcelain").Length > 0 ? " and uncommitted changes" : ""));

    internal string ToText() => string.Create(CultureInfo.InvariantCulture, $"""
        Machine: {Processor}, {Cores} cores, {MemoryGigabytes} GB; {OperatingSystem}
        Versions: {Runtime}, Npgsql {Npgsql}, PostgreSQL {Postgres} (fsync {Fsync}{(IsGivenServer ? ", given" : ", loopback")}), Redis {Redis ?? "none"}, DistributedLock.Postgres {MedallionPostgres}, DistributedLock.Redis {MedallionRedis}
        Date: {Date}, commit {Commit}
        """);

    private static string ProcessorName()
    {
        const string ModelLine = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith(ModelLine, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string VersionOf<T>() =>
        typeof(T).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";

    private static string Git(string arguments)
    {
        try
        {
            using Process git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output.Trim() : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
