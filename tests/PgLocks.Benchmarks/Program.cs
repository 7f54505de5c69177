using System.CommandLine;
using PgLocks.Benchmarks.Compare;
using PgLocks.Benchmarks.Micro;
using PgLocks.Benchmarks.Worker;

var root = new RootCommand("Benchmarks of PgLocks.") { CompareCommand.Create(), MicroCommand.Create() };
var worker = new Command("worker", "One process of a comparison; started by 'compare'.") { Hidden = true };
worker.SetAction((_, _) => WorkerLoop.RunAsync());
root.Add(worker);
return await root.Parse(args).InvokeAsync();
