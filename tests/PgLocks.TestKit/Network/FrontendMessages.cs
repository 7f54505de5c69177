using System.Buffers.Binary;
using System.Text;

namespace PgLocks.TestKit.Network;

/// <summary>Follows the messages that one client sends, whatever pieces they arrive in.</summary>
/// <remarks>A first message has no type byte: length, protocol, then names and values, each ended by a zero byte.</remarks>
internal sealed class FrontendMessages : IByteObserver
{
    private readonly List<byte> _pending = [];
    private long _roundTrips;
    private bool _hasStarted;

    public long RoundTrips => Interlocked.Read(ref _roundTrips);

    /// <summary>Of the start-up message; empty before it.</summary>
    public string ApplicationName { get; private set; } = "";

    public void Sent(ReadOnlySpan<byte> data)
    {
        _pending.AddRange(data);
        while (TryTake(out var type, out var body))
        {
            if (!_hasStarted)
                Start(body);
            else if (type is 'S' or 'Q')
                Interlocked.Increment(ref _roundTrips);
        }
    }

    private bool TryTake(out char type, out byte[] body)
    {
        var typeLength = _hasStarted ? 1 : 0;
        (type, body) = ('\0', []);
        if (_pending.Count < typeLength + sizeof(int))
            return false;
        type = (char)_pending[0];
        Span<byte> prefix = [_pending[typeLength], _pending[typeLength + 1], _pending[typeLength + 2], _pending[typeLength + 3]];
        var end = typeLength + BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (_pending.Count < end)
            return false;
        body = [.. _pending[(typeLength + sizeof(int))..end]];
        _pending.RemoveRange(0, end);
        return true;
    }

    private void Start(byte[] body)
    {
        var words = Encoding.UTF8.GetString(body.AsSpan(sizeof(int))).Split('\0');
        var name = Array.IndexOf(words, "application_name");
        ApplicationName = name < 0 ? "" : words[name + 1];
        _hasStarted = true;
    }
}
