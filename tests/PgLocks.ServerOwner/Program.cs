using PgLocks.AdminTool.Demo;

// Owns a server until its input ends, for tests that end this process in every way there is.
await using var server = await LocalServer.StartAsync(new LocalServerOptions { Durable = false });
if (args.Contains("--keep"))
    server.Keep();
Console.WriteLine($"{server.ProcessId} {server.Port} {server.Folder}");
await Console.In.ReadToEndAsync();
