using PgLocks.AdminTool.Demo;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.FaultTests.Faults;

/// <summary>What the server and the processes of a run are started with, so that its special faults can be done to them; nothing for the others.</summary>
internal sealed class Equipment : IAsyncDisposable
{
    private const string Telemetry = "^lock_(stats|events|totals)";

    private readonly bool _wantsDisk;
    private readonly bool _wantsPooler;
    private readonly int _wantedNetworks;
    private readonly List<SeparateNetwork> _networks = [];
    private readonly bool _wantsPair;
    private readonly int _seats;
    private SmallDisk? _disk;

    private Equipment(RunOptions options)
    {
        var kinds = Fault.Of(options).Select(fault => fault.Name).ToHashSet();
        _wantsDisk = DiskFaults.All.Any(fault => kinds.Contains(fault.Name));
        _wantsPooler = PoolerFaults.All.Any(fault => kinds.Contains(fault.Name));
        _wantedNetworks = PartitionFaults.All.Any(fault => kinds.Contains(fault.Name)) ? options.Processes : 0;
        _wantsPair = PromotionFaults.All.Any(fault => kinds.Contains(fault.Name));
        _seats = options.Processes;
        if (!ClockFaults.All.Any(fault => kinds.Contains(fault.Name)))
            return;
        ServerClock = new WallClock();
        SeatClocks = [.. Enumerable.Range(0, options.Processes).Select(_ => new WallClock())];
    }

    internal WallClock? ServerClock { get; }

    /// <summary>By seat.</summary>
    internal IReadOnlyList<WallClock> SeatClocks { get; } = [];

    /// <summary>Where the tables of telemetry are.</summary>
    internal SmallDisk Disk => _disk!;

    /// <summary>In session mode, in front of the server; null where lock sessions need none.</summary>
    internal PgBouncerServer? Pooler { get; private set; }

    /// <summary>The server with a standby, where there is one.</summary>
    internal ServerPair? Pair { get; private set; }

    /// <summary>How its server is started.</summary>
    internal LocalServerOptions Server
    {
        get
        {
            var options = TestServerOptions.ForBinariesFound();
            if (ServerClock is not null)
                options = options with { Environment = ServerClock.Environment };
            return _wantedNetworks > 0 ? options with { Settings = new Dictionary<string, string>(options.Settings) { ["listen_addresses"] = "0.0.0.0" } } : options;
        }
    }

    internal static Equipment For(RunOptions options) => new(options);

    /// <summary>Null where seats have none of their own.</summary>
    internal SeparateNetwork? NetworkOf(int seat) => seat < _networks.Count ? _networks[seat] : null;

    /// <summary>The environment of a worker.</summary>
    internal IEnumerable<KeyValuePair<string, string?>> Environment(int seat) =>
        seat < SeatClocks.Count ? SeatClocks[seat].Environment.Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value)) : [];

    /// <summary>For a server that has the schema.</summary>
    internal async Task InstallAsync(LocalServer server)
    {
        if (_wantsDisk)
        {
            _disk = await SmallDisk.CreateAsync(server.Folder);
            await _disk.TakeAsync(server.ConnectionString, Telemetry);
        }
        if (_wantsPooler)
            Pooler = await PgBouncerServer.StartAsync(server.ConnectionString, PoolMode.Session);
        if (_wantsPair)
            Pair = await ServerPair.StartAsync(server, _seats);
        if (_wantedNetworks > 0)
            await SeparateNetwork.AdmitAsync(server);
        while (_networks.Count < _wantedNetworks)
            _networks.Add(await SeparateNetwork.CreateAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (Pooler is not null)
            await Pooler.DisposeAsync();
        if (Pair is not null)
            await Pair.DisposeAsync();
        if (_disk is not null)
            await _disk.DisposeAsync();
        foreach (var network in _networks)
            await network.DisposeAsync();
        ServerClock?.Dispose();
        foreach (var clock in SeatClocks)
            clock.Dispose();
    }
}
