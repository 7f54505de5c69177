using System.CommandLine;
using PgLocks.Benchmarks.Compare;
using PgLocks.Benchmarks.Ideas;
using PgLocks.Benchmarks.Micro;
using PgLocks.Benchmarks.Worker;

var root = new RootCommand("Benchmarks of PgLocks.") { CompareCommand.Create(), MicroCommand.Create() };
var worker = new Command("worker", "One process of a comparison; started by 'compare'.") { Hidden = true };
worker.SetAction((_, _) => WorkerLoop.RunAsync());
root.Add(worker);
var ideaWorker = new Command("idea-worker", "One process of 'compare --ideas'.") { Hidden = true };
ideaWorker.SetAction((_, _) => IdeaWorker.WorkAsync());
root.Add(ideaWorker);
var socket = new Argument<string>("socket");
var coordinator = new Command("idea-coordinator", "The process that keeps the locks of the old way.") { socket };
coordinator.Hidden = true;
coordinator.SetAction((parsed, _) => IdeaWorker.CoordinateAsync(parsed.GetValue(socket)!));
root.Add(coordinator);
return await root.Parse(args).InvokeAsync();
