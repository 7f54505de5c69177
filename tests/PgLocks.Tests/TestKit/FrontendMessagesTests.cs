using System.Buffers.Binary;
using System.Text;
using PgLocks.TestKit.Network;

namespace PgLocks.Tests.TestKit;

public sealed class FrontendMessagesTests
{
    private const int Protocol3 = 196608;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Sent_InPiecesOfAnyLength_CountsSyncsAndSimpleQueries(int pieceLength)
    {
        byte[] traffic =
        [
            .. Startup("application_name\0pglocks:orders:home\0user\0postgres\0\0"),
            .. Message('P', "SELECT 'S'"), .. Message('B', "Q"), .. Message('E', ""), .. Message('S', ""),
            .. Message('Q', "SELECT 1"),
            .. Message('X', ""),
        ];
        var messages = new FrontendMessages();

        foreach (var piece in traffic.Chunk(pieceLength))
            messages.Sent(piece);

        Assert.Equal(2, messages.RoundTrips);
        Assert.Equal("pglocks:orders:home", messages.ApplicationName);
    }

    private static byte[] Startup(string parameters) => [.. Length(2 * sizeof(int) + parameters.Length), .. Length(Protocol3), .. Encoding.UTF8.GetBytes(parameters)];

    private static byte[] Message(char type, string body) => [(byte)type, .. Length(sizeof(int) + body.Length), .. Encoding.UTF8.GetBytes(body)];

    private static byte[] Length(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
