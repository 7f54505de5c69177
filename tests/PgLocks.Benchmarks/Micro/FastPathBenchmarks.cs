using BenchmarkDotNet.Attributes;
using PgLocks.Benchmarks.Load;
using PgLocks.Keys;
using PgLocks.Telemetry;
using Histogram = PgLocks.Telemetry.Histogram;

namespace PgLocks.Benchmarks.Micro;

/// <summary>What an order pays for its lock when the slot is kept, and the parts of it.</summary>
public class FastPathBenchmarks
{
    private readonly PositionKey _key = KeySet.Key(0);
    private readonly SlotMap _map = new(SlotKeys.PoolSize);
    private readonly Histogram _histogram = new();
    private PgLockProvider? _provider;
    private PositionLock? _lock;
    private long _nanoseconds;

    internal static string ConnectionString { get; set; } = "";

    [GlobalSetup]
    public async Task StartAsync()
    {
        _provider = await PgLockProvider.StartAsync(ConnectionString);
        _lock = _provider.GetLock(_key.MinerHotkey, _key.TradePairId);
        (await _lock.AcquireAsync()).Dispose();
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _provider!.DisposeAsync();

    [Benchmark(Baseline = true, Description = "PositionLock.AcquireAsync + release")]
    public async ValueTask AcquireByLock() => (await _lock!.AcquireAsync()).Dispose();

    [Benchmark(Description = "AcquireAsync(PositionKey) + release")]
    public async ValueTask AcquireByKey() => (await _provider!.AcquireAsync(_key)).Dispose();

    [Benchmark(Description = "GetLock")]
    public PositionLock GetLock() => _provider!.GetLock(_key.MinerHotkey, _key.TradePairId);

    [Benchmark(Description = "key to slot (SHA-256)")]
    public int SlotOf() => _map.SlotOf(_key);

    [Benchmark(Description = "histogram record")]
    public void RecordDuration() => _histogram.Add(Buckets.Of(_nanoseconds++ & 0xFFFFF));
}
