using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;
using Spectre.Console;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>A progress bar, on a terminal.</summary>
internal static class ImportProgress
{
    /// <param name="call">Whose standard error it is drawn on.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="work">Does it; tells how many more are done.</param>
    public static Task<T> RunAsync<T>(Invocation call, int total, Func<Action<int>, Task<T>> work) =>
        !Consoles.IsTerminal(call.Streams.Error)
            ? work(_ => { })
            : Consoles.For(call.Streams.Error).Progress().StartAsync(progress =>
            {
                var bar = progress.AddTask("Importing", maxValue: Math.Max(1, total));
                return work(done => bar.Increment(done));
            });
}
