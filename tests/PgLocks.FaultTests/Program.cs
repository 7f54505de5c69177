using PgLocks.FaultTests;
using PgLocks.FaultTests.Traffic;

switch (args)
{
    case [WorkerOptions.Verb, ..]:
        await WorkerProcess.RunAsync(WorkerOptions.Parse(args));
        return 0;
    case [SoakCommand.Verb, .. var rest]:
        return await SoakCommand.RunAsync(rest);
    default:
        return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
