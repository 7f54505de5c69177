using PgLocks.Postgres;

namespace PgLocks.Tests.Postgres;

public sealed class LockSessionTests
{
    [Fact]
    public void IsFailure_ExceptionOfNoKnownKind_EndsTheSessionAndNotTheProcess() => Assert.True(LockSession.IsFailure(new OutOfStepException()));

    /// <summary>As the driver's, where an answer is not the one that it expects.</summary>
    private sealed class OutOfStepException : Exception;
}
