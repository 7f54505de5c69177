using Npgsql;
using PgLocks.Postgres;

namespace PgLocks.Tests.Postgres;

public sealed class NewestTimelineTests : IDisposable
{
    private readonly NewestTimeline _timelines = new();
    private readonly NpgsqlConnection _connection = new("Host=db-1;Port=5433;Password=secret");

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Check_SameOrNewer_IsAccepted()
    {
        _timelines.Check(_connection, 2);
        _timelines.Check(_connection, 2);
        _timelines.Check(_connection, 3);
    }

    [Fact]
    public void Check_OlderThanTheNewestMet_NamesTheRemedy()
    {
        _timelines.Check(_connection, 3);

        var refused = Assert.Throws<PgLockException>(() => _timelines.Check(_connection, 2));

        Assert.True(refused.IsTransient);
        Assert.Contains("is an older primary: it is on timeline 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("lead the connections to the new primary", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }
}
