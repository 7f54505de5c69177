using System.Buffers.Binary;
using System.Text;

namespace PgLocks.Backends.Coordinator;

/// <summary>What is asked of a coordinator.</summary>
internal enum Verb : byte
{
    /// <summary>Whether the dictionary has a lock for the key: 1 or 0.</summary>
    Look = 1,

    /// <summary>Puts a lock for the key into the dictionary.</summary>
    Create,

    /// <summary>Acquires if the lock is not held: the hold's number, or 0.</summary>
    Try,

    /// <summary>Waits in line: answered with the hold's number once granted.</summary>
    Acquire,

    /// <summary>Ends the acquire with this id: releases what it was granted, or leaves the line.</summary>
    End,
}

/// <summary>The messages on the socket. Asking: length, id, verb, key. Answering: id, value.</summary>
internal static class Frame
{
    internal const int HeadBytes = sizeof(int);
    internal const int AnswerBytes = 2 * sizeof(long);
    private const int FixedBytes = sizeof(long) + 1;
    private const int MostBytes = 1024;

    internal static byte[] Ask(long id, Verb verb, string key)
    {
        byte[] frame = new byte[HeadBytes + FixedBytes + Encoding.UTF8.GetByteCount(key)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeadBytes);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(HeadBytes), id);
        frame[HeadBytes + sizeof(long)] = (byte)verb;
        Encoding.UTF8.GetBytes(key, frame.AsSpan(HeadBytes + FixedBytes));
        return frame;
    }

    internal static async ValueTask<(long Id, Verb Verb, string Key)?> ReadAskAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        if (await stream.ReadAtLeastAsync(buffer.AsMemory(0, HeadBytes), HeadBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < HeadBytes)
            return null;
        int length = BinaryPrimitives.ReadInt32LittleEndian(buffer);
        if (length is < FixedBytes or > MostBytes)
            throw new InvalidDataException($"A message of {length} bytes: whoever sent it is no lock provider.");
        await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        return (BinaryPrimitives.ReadInt64LittleEndian(buffer), (Verb)buffer[sizeof(long)], Encoding.UTF8.GetString(buffer, FixedBytes, length - FixedBytes));
    }

    internal static byte[] NewBuffer() => new byte[MostBytes];

    internal static byte[] Answer(long id, long value)
    {
        byte[] frame = new byte[AnswerBytes];
        BinaryPrimitives.WriteInt64LittleEndian(frame, id);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(sizeof(long)), value);
        return frame;
    }

    internal static (long Id, long Value) ReadAnswer(ReadOnlySpan<byte> frame) =>
        (BinaryPrimitives.ReadInt64LittleEndian(frame), BinaryPrimitives.ReadInt64LittleEndian(frame[sizeof(long)..]));
}
