using CsCheck;
using Microsoft.Extensions.Time.Testing;
using PgLocks.Backends.Rollout;

namespace PgLocks.Tests.Backends.Rollout;

/// <summary>The real state machine in several processes over a modelled server and modelled backends, in random schedules.</summary>
/// <remarks>A failure prints its seed and the shortest schedule found; give the seed to <c>Sample</c> to run it again.</remarks>
public sealed class RolloutScheduleTests(ITestOutputHelper output)
{
    private const int Processes = 3;

    private static readonly PositionKey[] Keys = [.. new[] { 5, 45, 95 }.Select(WithHash)];

    private static readonly Gen<(StepKind Kind, int A, int B)> Step = Gen.Select(
        Gen.Frequency(
        [
            (20, (IGen<StepKind>)Gen.Const(StepKind.Acquire)), (14, Gen.Const(StepKind.Release)), (2, Gen.Const(StepKind.Hang)), (10, Gen.Const(StepKind.EndWait)),
            (8, Gen.Const(StepKind.Send)), (8, Gen.Const(StepKind.Receive)), (40, Gen.Const(StepKind.Beat)), (10, Gen.Const(StepKind.Advance)),
            (6, Gen.Const(StepKind.StartChange)), (6, Gen.Const(StepKind.AdvanceChange)), (4, Gen.Const(StepKind.AbortChange)), (3, Gen.Const(StepKind.AnyChange)),
            (3, Gen.Const(StepKind.Freeze)), (4, Gen.Const(StepKind.Thaw)), (2, Gen.Const(StepKind.EndSession)), (1, Gen.Const(StepKind.Kill)),
        ]),
        Gen.Int[0, Processes - 1],
        Gen.Int[0, 11],
        (kind, a, b) => (kind, a, b));

    private enum StepKind
    {
        Acquire, Release, Hang, EndWait, Send, Receive, Beat, Advance, StartChange, AdvanceChange, AbortChange, AnyChange, Freeze, Thaw, EndSession, Kill,
    }

    [Fact]
    public void AnySchedule_RandomSteps_NeverTwoHoldersOfAKey() => Step.Array[1, 200].Sample(
        steps =>
        {
            var world = new World();
            foreach (var (kind, a, b) in steps)
                world.Run(kind, a, b);
        },
        output.WriteLine,
        iter: 20_000,
        print: steps => string.Join('\n', steps.Select(step => $"{step.Kind} {step.A} {step.B}")));

    [Fact]
    public void AnySchedule_ThenCalm_EveryChangeIsAcknowledged() => Step.Array[1, 80].Sample(
        steps =>
        {
            var world = new World();
            foreach (var (kind, a, b) in steps)
                world.Run(kind, a, b);
            world.CalmDown();
            Assert.Empty(world.Server.Behind);
        },
        output.WriteLine,
        iter: 3_000);

    private static PositionKey WithHash(int hash) =>
        Enumerable.Range(0, int.MaxValue).Select(i => new PositionKey($"miner{i}", "BTCUSD")).First(key => RolloutState.HashOf(key) == hash);

    private sealed class World
    {
        private readonly FakeTimeProvider _time = new();
        private readonly ModelSide _old = new();
        private readonly ModelSide _new = new();
        private readonly ModelProcess[] _processes = new ModelProcess[Processes];
        private int _started;

        public World()
        {
            Server = new ModelServer(_time);
            for (var i = 0; i < Processes; i++)
                Start(i);
        }

        public ModelServer Server { get; }

        public void Run(StepKind kind, int a, int b)
        {
            var process = _processes[a];
            switch (kind)
            {
                case StepKind.Hang: ((b & 1) == 0 ? _old : _new).Hangs ^= true; break;
                case StepKind.EndWait: EndWait((b & 1) == 0 ? _old : _new, b / 2); break;
                case StepKind.Advance: Pass(TimeSpan.FromMilliseconds(200 * (b + 1))); break;
                case StepKind.StartChange: Server.TryChange(Server.State.NewPercent, Math.Max(Server.State.NewPercent, 10 * b)); break;
                case StepKind.AdvanceChange: Server.TryChange(Server.State.BothPercent, Server.State.BothPercent); break;
                case StepKind.AbortChange: Server.TryChange(0, Server.State.NewPercent > 0 ? Server.State.BothPercent : 0); break;
                case StepKind.AnyChange: Server.TryChange(Math.Min(10 * a, 10 * b), 10 * b); break;
                case StepKind.Freeze: process.IsFrozen = true; break;
                case StepKind.Thaw: process.IsFrozen = false; break;
                case StepKind.EndSession: Server.EndSession(process.Number); break;
                case StepKind.Kill: Kill(a); break;
                case var _ when process.IsFrozen: break;
                case StepKind.Acquire: process.Acquire(Keys[b % Keys.Length]); break;
                case StepKind.Release: process.Release(b % 3); break;
                case StepKind.Send: process.Send(); break;
                case StepKind.Receive: process.Receive(); break;
                case StepKind.Beat: process.Send(); process.Receive(); break;
            }
            Check();
        }

        public void CalmDown()
        {
            (_old.Hangs, _new.Hangs) = (false, false);
            foreach (var process in _processes)
                process.IsFrozen = false;
            for (var round = 0; round < 20; round++)
            {
                foreach (var side in new[] { _old, _new })
                {
                    while (side.Waits.Count > 0)
                        side.End(side.Waits[0]);
                }
                foreach (var process in _processes)
                {
                    process.Release(0);
                    process.Send();
                    process.Receive();
                }
                Pass(TimeSpan.FromMilliseconds(300));
                Check();
            }
        }

        private void Pass(TimeSpan span)
        {
            _time.Advance(span);
            Server.EndSilentSessions();
        }

        /// <summary>What a frozen process would be granted it finds when it goes on.</summary>
        private void EndWait(ModelSide side, int index)
        {
            if (side.Waits.Where(wait => !_processes.Single(process => process.Number == wait.Lock.Process).IsFrozen).ElementAtOrDefault(index) is { } wait)
                side.End(wait);
        }

        /// <summary>Another process is started in its place.</summary>
        private void Kill(int place)
        {
            var number = _processes[place].Number;
            _old.Forget(number);
            _new.Forget(number);
            Server.EndSession(number);
            Start(place);
        }

        private void Start(int place) => _processes[place] = new ModelProcess(_started++, Server, _old, _new, _time);

        private void Check()
        {
            var held = _processes.SelectMany(process => process.Holds).Where(hold => hold.Session.IsProvenAt(_time.GetTimestamp())).GroupBy(hold => hold.Key);
            Assert.All(held, key => Assert.Single(key));
        }
    }
}
