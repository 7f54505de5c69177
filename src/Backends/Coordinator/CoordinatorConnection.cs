using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;

namespace PgLocks.Backends.Coordinator;

/// <summary>The coordinator's end of one socket. When the other end is gone, so is all that it held or waited for.</summary>
internal sealed class CoordinatorConnection(Socket socket, Func<string, LockDictionary> shardOf)
{
    private readonly ConcurrentDictionary<long, (string Key, Seat Seat)> _seats = new();
    private readonly Channel<byte[]> _answers = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        Task writing = WriteAsync(stream, cancellationToken);
        try
        {
            byte[] buffer = Frame.NewBuffer();
            while (await Frame.ReadAskAsync(stream, buffer, cancellationToken).ConfigureAwait(false) is { } ask)
                Obey(ask.Id, ask.Verb, ask.Key);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end is gone, or talks nonsense.
        }
        foreach (long id in _seats.Keys)
            End(id);
        _answers.Writer.TryComplete();
        await stream.DisposeAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(false);
    }

    private void Obey(long id, Verb verb, string key)
    {
        switch (verb)
        {
            case Verb.Look:
                Answer(id, shardOf(key).Has(key) ? 1 : 0);
                break;
            case Verb.Create:
                shardOf(key).Create(key);
                Answer(id, 1);
                break;
            case Verb.Try or Verb.Acquire:
                Acquire(id, key, once: verb == Verb.Try);
                break;
            case Verb.End:
                End(id);
                Answer(-id, 0);
                break;
            default:
                throw new InvalidDataException($"{verb} is no verb.");
        }
    }

    private void Acquire(long id, string key, bool once)
    {
        var seat = new Seat(this, id);
        // Before it can be granted: whoever grants looks it up.
        _seats[id] = (key, seat);
        long number = shardOf(key).Acquire(key, seat, once);
        if (number == 0 && once)
            _seats.TryRemove(id, out _);
        if (number != 0 || once)
            Answer(id, number);
    }

    private void End(long id)
    {
        if (_seats.TryRemove(id, out (string Key, Seat Seat) seat) && shardOf(seat.Key).Leave(seat.Key, seat.Seat) is { } next)
            next.Seat.Connection.Answer(next.Seat.Id, next.Number);
    }

    private void Answer(long id, long value) => _answers.Writer.TryWrite(Frame.Answer(id, value));

    private async Task WriteAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (byte[] answer in _answers.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await stream.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The reading side ends too.
        }
    }
}
