using PgLocks.FaultTests.Faults;

namespace PgLocks.FaultTests;

/// <summary>Which fault follows which, whom it hits, how long it is quiet before it, and which are injected two at once: all from the seed, lane by lane.</summary>
internal sealed class Schedule(RunOptions options)
{
    /// <summary>A fault that takes long comes in one round of so many.</summary>
    private const int LongEvery = 3;

    private const double PairShare = 0.15;

    private readonly IReadOnlyList<Fault> _kinds = Fault.Of(options);

    /// <summary>Every kind once, one after the other.</summary>
    internal IEnumerable<Strike> Once() => Series(_kinds, 1);

    /// <summary>The kinds whose recovery has a target, so often that a worst one says something, with nothing else beside them.</summary>
    internal IEnumerable<Strike> Measured() => Series([.. _kinds.Where(fault => Report.Target.IsAbout(fault.Name))], 6, quietSeconds: 2);

    /// <summary>All kinds, one after the other, for as long as it is asked.</summary>
    internal IEnumerable<Strike> OneAtATime()
    {
        var random = Random(0);
        while (_kinds.Count > 0)
        {
            foreach (var fault in Shuffled(_kinds, random))
                yield return Single(fault, random, 0.3);
        }
    }

    /// <summary>For each seat a lane of faults that hit it alone, and one of those that hit everybody; for as long as they are asked, or each kind once.</summary>
    internal IReadOnlyList<IEnumerable<Strike>> Lanes()
    {
        Fault[] single = [.. _kinds.Where(fault => fault.HitsOneSeat)], all = [.. _kinds.Where(fault => !fault.HitsOneSeat)];
        if (options.Minutes is null)
            return [.. Dealt(single), ToAll(all, Random(options.Processes)).Take(all.Length)];
        return [.. Enumerable.Range(0, options.Processes).Select(seat => ToSeat(seat, single, Random(seat))), ToAll(all, Random(options.Processes))];
    }

    private IEnumerable<IEnumerable<Strike>> Dealt(Fault[] kinds)
    {
        var random = Random(0);
        random.Shuffle(kinds);
        return Enumerable.Range(0, options.Processes).Select(seat => kinds.Where((_, index) => index % options.Processes == seat).Select(fault => new Strike(fault, seat, 1)));
    }

    private static IEnumerable<Strike> ToSeat(int seat, Fault[] kinds, Random random)
    {
        for (var round = 1; kinds.Length > 0; round++)
        {
            var left = new List<Fault>(Shuffled([.. kinds.Where(fault => !fault.IsLong || round % LongEvery == 0 || kinds.Length < LongEvery)], random));
            while (left.Count > 0)
            {
                var fault = Take(left, 0);
                var strike = new Strike(fault, seat, 2 + 6 * random.NextDouble());
                var isPair = random.NextDouble() < PairShare;
                var second = left.FindIndex(other => CanPair(fault, other));
                yield return isPair && second >= 0
                    ? strike with { Second = Take(left, second), SecondAfterSeconds = 1.5 * random.NextDouble() }
                    : strike;
            }
        }
    }

    private static IEnumerable<Strike> ToAll(Fault[] kinds, Random random)
    {
        while (kinds.Length > 0)
        {
            foreach (var fault in Shuffled(kinds, random))
                yield return new Strike(fault, null, 12 + 12 * random.NextDouble());
        }
    }

    private IEnumerable<Strike> Series(IReadOnlyList<Fault> kinds, int times, double quietSeconds = 0.3)
    {
        var random = Random(-1);
        return Shuffled([.. Enumerable.Repeat(kinds, times).SelectMany(kind => kind)], random).Select(fault => Single(fault, random, quietSeconds));
    }

    private Strike Single(Fault fault, Random random, double quietSeconds) =>
        new(fault, fault.HitsOneSeat ? random.Next(options.Processes) : null, quietSeconds + random.NextDouble());

    /// <summary>What is done to the sessions or the network of a process that is about to be killed is done to nobody.</summary>
    private static bool CanPair(Fault first, Fault second) =>
        first.Aspect != second.Aspect && first.Aspect != Aspect.All && second.Aspect != Aspect.All && first.Name != "kill";

    private static Fault Take(List<Fault> faults, int index)
    {
        var fault = faults[index];
        faults.RemoveAt(index);
        return fault;
    }

    private static Fault[] Shuffled(IReadOnlyList<Fault> kinds, Random random)
    {
        var shuffled = kinds.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    private Random Random(int lane) => new(unchecked(options.Seed * 31 + lane));
}
