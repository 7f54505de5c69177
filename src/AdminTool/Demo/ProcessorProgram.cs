using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PgLocks.AdminTool.Demo;

/// <summary>How the order processor is started: the program that lies next to this one, under the same .NET.</summary>
internal sealed class ProcessorProgram(string connectionString, DemoOptions options)
{
    private static readonly string Dll = Path.Combine(AppContext.BaseDirectory, "OrderProcessor.dll");

    // …/dotnet/shared/Microsoft.NETCore.App/10.0.0/ → …/dotnet/dotnet
    private static readonly string Dotnet = Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");

    public Process Start()
    {
        var start = new ProcessStartInfo(Path.GetFullPath(Dotnet))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments())
            start.ArgumentList.Add(argument);
        // Not as an argument: everybody on the machine can read those.
        start.Environment["PGLOCKS_CONNECTION"] = connectionString;
        // Without its diagnostics port, a killed process leaves no socket in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    private IEnumerable<string> Arguments()
    {
        yield return Dll;
        yield return "--ack";
        yield return "--tasks";
        yield return options.Tasks.ToString(CultureInfo.InvariantCulture);
        yield return "--work-ms";
        yield return options.WorkMs.ToString(CultureInfo.InvariantCulture);
        if (!options.UseLocks)
            yield return "--no-lock";
    }
}
