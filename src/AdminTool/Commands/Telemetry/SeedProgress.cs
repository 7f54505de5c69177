using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;
using Spectre.Console;

namespace PgLocks.AdminTool.Commands.Telemetry;

/// <summary>A progress bar, on a terminal.</summary>
internal static class SeedProgress
{
    public static Task<T> RunAsync<T>(Invocation call, string title, int total, Func<Action, Task<T>> work) =>
        !Consoles.IsTerminal(call.Streams.Error)
            ? work(() => { })
            : Consoles.For(call.Streams.Error).Progress().StartAsync(progress =>
            {
                var bar = progress.AddTask(title, maxValue: total);
                return work(() => bar.Increment(1));
            });
}
