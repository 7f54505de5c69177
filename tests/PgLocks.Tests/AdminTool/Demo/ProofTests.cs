using OrderProcessor;
using OrderProcessor.Generator;
using PgLocks.AdminTool.Demo;

namespace PgLocks.Tests.AdminTool.Demo;

public sealed class ProofTests
{
    private static readonly Order[] Stream = [.. new OrderGenerator(seed: 7).Take(300)];
    private static readonly IReadOnlyDictionary<Guid, Position> Replayed = Replay.Of(Stream);

    [Fact]
    public void Of_SamePositions_IsEqual()
    {
        var proof = Proof.Of(Stream, Replayed, Stream.Length);

        Assert.True(proof.IsEqual);
        Assert.Equal(Replayed.Count, proof.Positions);
        Assert.Equal(0, proof.LostUpdates);
    }

    [Fact]
    public void Of_LastDecimalOff_IsNotEqual()
    {
        var (uuid, position) = Replayed.First();
        var found = new Dictionary<Guid, Position>(Replayed) { [uuid] = position with { Cost = position.Cost + 0.000000000001m } };

        Assert.Equal(uuid, Assert.Single(Proof.Of(Stream, found, Stream.Length).Differences).PositionUuid);
    }

    [Fact]
    public void Of_OverwrittenUpdates_CountsThem()
    {
        var hot = Stream.GroupBy(order => order.PositionUuid).MaxBy(position => position.Count())!;
        var found = Replay.Of(Stream.Except(hot.TakeLast(2)));

        Assert.Equal(2, Proof.Of(Stream, found, Stream.Length).LostUpdates);
    }

    [Fact]
    public void Of_MissingPosition_IsNotEqual()
    {
        var found = Replayed.Skip(1).ToDictionary();

        Assert.Null(Assert.Single(Proof.Of(Stream, found, Stream.Length).Differences).Found);
    }

    [Fact]
    public void Of_OrderNotRecorded_IsNotEqual() => Assert.False(Proof.Of(Stream, Replayed, Stream.Length - 1).IsEqual);
}
