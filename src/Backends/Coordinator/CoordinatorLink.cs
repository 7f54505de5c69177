using System.Collections.Concurrent;
using System.Net.Sockets;

namespace PgLocks.Backends.Coordinator;

/// <summary>A process's end of one socket to the coordinator. Once broken it stays so; whatever was held through it is lost.</summary>
internal sealed class CoordinatorLink : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<long>> _asked = new();
    private readonly CancellationTokenSource _broken = new();
    private readonly Task _reading;
    private long _id;

    private CoordinatorLink(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        Broken = _broken.Token;
        _reading = ReadAsync();
    }

    internal CancellationToken Broken { get; }

    /// <exception cref="PgLockException">No coordinator listens there.</exception>
    internal static async ValueTask<CoordinatorLink> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new CoordinatorLink(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new PgLockException($"No lock coordinator listens on '{path}': {failure.Message}. Start one, or correct SocketPath.", isTransient: true, cause: failure);
        }
    }

    internal long NewId() => Interlocked.Increment(ref _id);

    /// <summary>One round trip; for an acquire, the wait in line too. The end of an acquire names its id, and is answered with the negative one.</summary>
    internal async Task<long> AskAsync(long id, Verb verb, string key, CancellationToken cancellationToken)
    {
        long answerId = verb == Verb.End ? -id : id;
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[answerId] = answer;
        try
        {
            if (Broken.IsCancellationRequested)
                throw Lost();
            await SendAsync(Frame.Ask(id, verb, key)).ConfigureAwait(false);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            throw Lost();
        }
        finally
        {
            _asked.TryRemove(answerId, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _writing.Dispose();
        _broken.Dispose();
    }

    private async Task SendAsync(byte[] frame)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(frame).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        byte[] frame = new byte[Frame.AnswerBytes];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(frame).ConfigureAwait(false);
                (long id, long value) = Frame.ReadAnswer(frame);
                if (_asked.TryRemove(id, out TaskCompletionSource<long>? asked))
                    asked.TrySetResult(value);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // Below.
        }
        await _broken.CancelAsync().ConfigureAwait(false);
        foreach (TaskCompletionSource<long> asked in _asked.Values)
            asked.TrySetException(Lost());
    }

    private static PgLockException Lost() => new("The lock coordinator has ended: every lease through it is lost. Try again once it is back.", isTransient: true);
}
