using PgLocks.AdminTool;
using PgLocks.AdminTool.CommandLine;

using var interrupt = new Interrupt();
return await Tool.RunAsync(args, new Streams(Console.In, Console.Out, Console.Error), interrupt.Token);
