using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>Runs the old way as it was written first, where there is a python3.</summary>
internal static class PythonOldWay
{
    internal static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists);

    internal static async Task<IdeaResult> RunAsync(string python, int keys, int repeats, double seconds, CancellationToken cancellationToken)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Ideas", "old_way.py");
        string[] arguments = [script, .. new object[] { keys, repeats, seconds }.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)!)];
        using Process process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            return new IdeaResult { Error = (await errors).Trim() };
        var runs = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, long[]>>>(output)!;
        return new IdeaResult { First = StagesOf(runs["first"]), Warm = StagesOf(runs["warm"]), Contended = StagesOf(runs["contended"]) };
    }

    private static StageData StagesOf(Dictionary<string, long[]> durations)
    {
        var stages = new Stages();
        Array.ForEach(durations["lookUp"], stages.LookUp.Record);
        Array.ForEach(durations["creation"], stages.Creation.Record);
        Array.ForEach(durations["wait"], stages.Wait.Record);
        Array.ForEach(durations["hold"], stages.Hold.Record);
        Array.ForEach(durations["total"], stages.Total.Record);
        return stages.ToData();
    }
}
