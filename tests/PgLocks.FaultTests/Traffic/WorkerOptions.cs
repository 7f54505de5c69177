using System.Globalization;

namespace PgLocks.FaultTests.Traffic;

/// <summary>What one worker process is told on its command line.</summary>
internal sealed record WorkerOptions(
    string Folder, int Seat, int Seats, int Worker, int Seed, string LockConnection, string DataConnection, bool IsPooled, Mutation Mutation)
{
    internal const string Verb = "worker";

    internal string[] ToArguments() =>
        [Verb, Folder, Text(Seat), Text(Seats), Text(Worker), Text(Seed), LockConnection, DataConnection, IsPooled.ToString(), Mutation.ToString()];

    internal static WorkerOptions Parse(string[] arguments) =>
        new(arguments[1], Number(arguments[2]), Number(arguments[3]), Number(arguments[4]), Number(arguments[5]), arguments[6], arguments[7],
            bool.Parse(arguments[8]), Enum.Parse<Mutation>(arguments[9]));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
