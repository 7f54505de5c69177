using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using PgLocks.Backends.Coordinator;

namespace PgLocks.Backends;

/// <summary>The process that keeps dictionaries of locks for the others of its host: the design that PgLocks replaces.</summary>
/// <remarks>
/// Locks live in its memory. When it ends, every lease is lost at once, and one that is started anew knows nothing of work that still goes on under
/// an old lease. Its dictionaries keep every key that they have ever seen.
/// </remarks>
public sealed class LockCoordinator : IAsyncDisposable
{
    /// <summary>Holds of one start: numbers of the next one begin above them.</summary>
    private const int GenerationBits = 40;

    private readonly Socket _listener;
    private readonly FileStream _generation;
    private readonly string _path;
    private readonly LockDictionary[] _shards;
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private long _number;
    private int _disposed;

    private LockCoordinator(LockCoordinatorOptions options, FileStream generation, Socket listener)
    {
        _path = options.SocketPath;
        _generation = generation;
        _listener = listener;
        _number = NextGeneration(generation) << GenerationBits;
        _shards = [.. Enumerable.Range(0, options.Shards).Select(_ => new LockDictionary(() => Interlocked.Increment(ref _number)))];
        _accepting = AcceptAsync();
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where; read once.</param>
    /// <exception cref="PgLocksConfigurationException">An option is bad, or another coordinator has the path.</exception>
    public static LockCoordinator Start(LockCoordinatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        FileStream generation = OpenGeneration(options.SocketPath + ".generation");
        try
        {
            // Whoever has the generation file is alone; a socket that is still there was left by one that died.
            File.Delete(options.SocketPath);
            var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(options.SocketPath));
            listener.Listen(512);
            return new LockCoordinator(options, generation, listener);
        }
        catch
        {
            generation.Dispose();
            throw;
        }
    }

    /// <summary>Ends every connection, and with it every lease.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _ending.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);
        File.Delete(_path);
        await _generation.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    /// <summary>How many wait for the key now.</summary>
    internal int Waiting(PositionKey key) => ShardOf(key.ToString()).Waiting(key.ToString());

    private static FileStream OpenGeneration(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PgLocksConfigurationException($"'{path}' cannot be used: {failure.Message} End the coordinator that has it, or name another SocketPath.", failure);
        }
    }

    /// <summary>Counts a start; on the disk before the first hold, so that numbers grow across restarts.</summary>
    private static long NextGeneration(FileStream file)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        long next = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? BinaryPrimitives.ReadInt64LittleEndian(bytes) + 1 : 1;
        BinaryPrimitives.WriteInt64LittleEndian(bytes, next);
        file.Position = 0;
        file.Write(bytes);
        file.Flush(flushToDisk: true);
        return next;
    }

    private LockDictionary ShardOf(string key)
    {
        uint hash = 2166136261;
        foreach (byte part in Encoding.UTF8.GetBytes(key))
            hash = (hash ^ part) * 16777619;
        return _shards[hash % (uint)_shards.Length];
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(_ending.Token).ConfigureAwait(false);
                Task connection = Task.Run(() => new CoordinatorConnection(socket, ShardOf).RunAsync(_ending.Token));
                _connections[connection] = true;
                _ = connection.ContinueWith(ended => _connections.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // A connection that ended before it began, or the end of this one.
            }
        }
    }
}
