using PgLocks;
using PgLocks.Backends;
using PgLocks.TestKit;
using PgLocks.TestWorker;

// One process of a test: 'count' increments a counter that nothing but the lock protects, 'hold' obeys line by line.
// With 'backend-' before it the provider is the named one, else a native one, with short times for 'hold' and the usual ones for 'hold-long'. 'coordinate' keeps the locks of other processes;
// 'rollout' counts while it is moved from one provider to another, 'first-timeout' tells what the process' first time-out compiles.
if (args[0] == "coordinate")
{
    await using var coordinator = LockCoordinator.Start(new LockCoordinatorOptions { SocketPath = args[1] });
    Console.WriteLine("started");
    await Console.In.ReadLineAsync();
    return;
}
if (args[0].StartsWith("backend-", StringComparison.Ordinal))
{
    var backend = await BackendProviders.StartAsync(args[1], args[2]);
    await using var end = (IAsyncDisposable)backend;
    if (args[0] == "backend-count")
        await Counting.RunAsync(backend, args[3], int.Parse(args[4]), int.Parse(args[5]));
    else
        await Holding.RunAsync(backend, args[2]);
    return;
}
if (args[0] == "rollout")
{
    await RollingOut.RunAsync(args[1], args[2], args[3], args[4], int.Parse(args[5]));
    return;
}
if (args[0] == "first-timeout")
{
    await FirstTimeout.RunAsync(args[1]);
    return;
}
var options = new PgLocksOptions
{
    ConnectionString = args[1],
    ApplicationName = "worker",
    Retention = Enum.Parse<Retention>(args[2]),
    HeartbeatInterval = TimeSpan.FromMilliseconds(100),
    RequireRegistered = args.Contains("--require-registered"),
};
if (args.Contains("--observed"))
{
    options.TelemetryInterval = TimeSpan.FromMilliseconds(100);
    options.LongHoldThreshold = TimeSpan.FromMilliseconds(200);
    options.ServerLeaseDuration = TimeSpan.FromSeconds(20);
}
if (args[0] == "hold")
{
    options.LeaseDuration = TimeSpan.FromMilliseconds(600);
    options.ServerLeaseDuration = TimeSpan.FromMilliseconds(1200);
}
await using var provider = await PgLockProvider.StartAsync(options);
if (args[0] == "count")
    await Counting.RunAsync(provider, args[3], int.Parse(args[4]), int.Parse(args[5]));
else
    await Holding.RunAsync(provider, options.ConnectionString);
