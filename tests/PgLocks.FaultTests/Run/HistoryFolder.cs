using System.Globalization;
using PgLocks.FaultTests.Report;
using PgLocks.TestKit;

namespace PgLocks.FaultTests;

/// <summary>Where workers write what they do, while the run lasts; a failing run's is kept.</summary>
internal sealed class HistoryFolder : IDisposable
{
    private HistoryFolder(string path) => Path = path;

    internal string Path { get; }

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    internal static HistoryFolder Create() => new(Directory.CreateTempSubdirectory("faults-").FullName);

    /// <summary>Copies it to <c>artifacts/faults</c> of the checkout, with the report; returns where.</summary>
    internal async Task<string> KeepAsync(RunReport report, string text)
    {
        var kept = System.IO.Path.Combine(SolutionPaths.Root, "artifacts", "faults", string.Create(CultureInfo.InvariantCulture, $"{report.Seed}-{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}"));
        Directory.CreateDirectory(kept);
        foreach (var file in Directory.EnumerateFiles(Path, "*.log"))
            File.Copy(file, System.IO.Path.Combine(kept, System.IO.Path.GetFileName(file)));
        await File.WriteAllTextAsync(System.IO.Path.Combine(kept, "report.json"), report.ToJson());
        await File.WriteAllTextAsync(System.IO.Path.Combine(kept, "report.txt"), text);
        return kept;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
