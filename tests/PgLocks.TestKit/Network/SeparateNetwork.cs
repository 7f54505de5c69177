using System.Diagnostics;
using Npgsql;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit.Network;

/// <summary>
/// A network namespace for one client, with two ways to a server on this machine: one through a router (a namespace as well) that can stop forwarding,
/// as a cable would that is pulled out far away, and one that stays. Nothing is left of it after the test, however that ends.
/// </summary>
public sealed class SeparateNetwork : IAsyncDisposable
{
    /// <summary>From which addresses clients come.</summary>
    public const string Clients = "100.64.0.0/10";

    // Names of interfaces have 15 letters at most.
    private const string Make = """
        ip netns add $0c; ip netns add $0r
        ip link add name $0a type veth peer name near netns $0r
        ip -n $0r link add name far type veth peer name far netns $0c
        ip link add name $0d type veth peer name side netns $0c
        ip addr add $1.1/30 dev $0a; ip -n $0r addr add $1.2/30 dev near
        ip -n $0r addr add $1.5/30 dev far; ip -n $0c addr add $1.6/30 dev far
        ip addr add $1.9/30 dev $0d; ip -n $0c addr add $1.10/30 dev side
        ip link set $0a up; ip link set $0d up
        ip -n $0r link set near up; ip -n $0r link set far up
        ip -n $0c link set lo up; ip -n $0c link set far up; ip -n $0c link set side up
        ip route add $1.4/30 via $1.2; ip -n $0c route add default via $1.5
        ip netns exec $0r sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
        """;

    private const string Undo = "ip link del $0a; ip link del $0d; ip netns del $0c; ip netns del $0r";

    private static readonly Lazy<string?> Lacking = new(() =>
    {
        if (!MachineChange.IsAllowed)
            return "only root may make networks";
        if (!File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip"))
            return "ip (iproute2) is not installed";
        var name = NewName();
        var make = $"ip netns add {name} && ip -n {name} link add name near type veth peer name far && {Forwarding(name, 1)}";
        return Shell($"{make}; code=$?; ip netns del {name}; exit $code") == 0 ? null : "this machine lets nobody make networks";
    });

    private readonly string _name;
    private readonly string _address;
    private readonly MachineChange _change;

    private SeparateNetwork(string name, string address, MachineChange change)
    {
        _name = name;
        _address = address;
        _change = change;
    }

    /// <summary>Why there can be none on this machine; null if there can.</summary>
    public static string? Lack => Lacking.Value;

    /// <summary>The start of a command line that runs in it.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", _name + "c"];

    public static async Task<SeparateNetwork> CreateAsync()
    {
        var name = NewName();
        var address = $"100.{Random.Shared.Next(64, 128)}.{Random.Shared.Next(256)}";
        return new SeparateNetwork(name, address, await MachineChange.MakeAsync(Filled(Make), Filled(Undo)));

        string Filled(string script) => script.Replace("$0", name, StringComparison.Ordinal).Replace("$1", address, StringComparison.Ordinal);
    }

    /// <summary>Lets clients of such networks in, at a server that listens on every address.</summary>
    public static async Task AdmitAsync(LocalServer server)
    {
        await File.AppendAllTextAsync(Path.Combine(server.Folder, "data", "pg_hba.conf"), $"host all all {Clients} scram-sha-256\n");
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var reload = new NpgsqlCommand("SELECT pg_reload_conf()", connection);
        await reload.ExecuteNonQueryAsync();
    }

    /// <summary>The same connection string, by the way that can be cut.</summary>
    public string Through(string connectionString) => With(connectionString, "1");

    /// <summary>The same connection string, by the way that stays.</summary>
    public string Beside(string connectionString) => With(connectionString, "9");

    /// <summary>From now on packets vanish, in both directions, and nobody is told.</summary>
    public void Cut() => Forward(0);

    public void Mend() => Forward(1);

    public ValueTask DisposeAsync() => _change.DisposeAsync();

    private static string NewName() => $"pgl{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 4))}";

    private static string Forwarding(string network, int value) => $"ip netns exec {network} sh -c 'echo {value} > /proc/sys/net/ipv4/ip_forward'";

    private static int Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        shell.WaitForExit();
        return shell.ExitCode;
    }

    private string With(string connectionString, string host) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = $"{_address}.{host}",
        // It asks a name server, which cannot be reached from there.
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    private void Forward(int value)
    {
        if (Shell(Forwarding(_name + "r", value)) != 0)
            throw new IOException($"The router of network {_name} did not obey.");
    }
}
