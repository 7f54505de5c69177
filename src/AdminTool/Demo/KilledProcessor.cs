namespace PgLocks.AdminTool.Demo;

/// <summary>What a kill interrupted.</summary>
/// <param name="Number">Of the seat, from 1.</param>
/// <param name="ProcessId">Of the process that is gone.</param>
/// <param name="OrdersBefore">Answered by all processors until then.</param>
/// <param name="ElapsedBefore">How long those had taken.</param>
/// <param name="Unanswered">Orders that it had been fed and had not answered.</param>
/// <param name="IsReplaced">Whether a successor had to be started.</param>
internal sealed record KilledProcessor(int Number, int ProcessId, int OrdersBefore, TimeSpan ElapsedBefore, int Unanswered, bool IsReplaced);
