using PgLocks;
using PgLocks.TestWorker;

// One process of a test: 'count' increments a counter that nothing but the lock protects, 'hold' obeys line by line.
var options = new PgLocksOptions
{
    ConnectionString = args[1],
    ApplicationName = "worker",
    Retention = Enum.Parse<Retention>(args[2]),
    HeartbeatInterval = TimeSpan.FromMilliseconds(100),
};
switch (args[0])
{
    case "count":
        await Counting.RunAsync(options, args[3], int.Parse(args[4]), int.Parse(args[5]));
        break;
    case "hold":
        options.LeaseDuration = TimeSpan.FromMilliseconds(600);
        options.ServerLeaseDuration = TimeSpan.FromMilliseconds(1200);
        await Holding.RunAsync(options);
        break;
}
