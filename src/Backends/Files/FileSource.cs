using System.Buffers.Binary;
using System.Globalization;
using Npgsql;
using PgLocks.Backends.Holds;
using PgLocks.Local;

namespace PgLocks.Backends.Files;

/// <summary>One file a slot; whoever has it open without sharing holds the slot. Its eight bytes count the holds.</summary>
internal sealed class FileSource(string folder, TimeProvider time) : IHoldSource
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(16);

    public bool IsPool => true;

    /// <exception cref="PgLocksConfigurationException">Locks in this folder would not work.</exception>
    internal static void Check(string folder)
    {
        if (AppContext.TryGetSwitch("System.IO.DisableFileLocking", out bool off) && off || IsSet(Environment.GetEnvironmentVariable("DOTNET_SYSTEM_IO_DISABLEFILELOCKING")))
            throw new PgLocksConfigurationException("File locks are switched off for this process. Remove System.IO.DisableFileLocking and DOTNET_SYSTEM_IO_DISABLEFILELOCKING.");
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(Path.Combine(folder, $"probe-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PgLocksConfigurationException($"Folder '{folder}' cannot be written: {failure.Message} Name one that this user can write.", failure);
        }
    }

    public async ValueTask<Hold?> AcquireAsync(LockName name, bool once, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"slot-{name.Slot:000}.lock"));
        TimeSpan pause = FirstPause;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryOpen(path) is { } file)
                return new FileHold(file, Count(file));
            if (once)
                return null;
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken).ConfigureAwait(false);
            pause = pause < LongestPause ? pause * 2 : LongestPause;
        }
    }

    public ValueTask FenceAsync(KeyGate gate, HoldTenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        Unfenced.Refuse("lock files", "the database knows nothing of them");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool IsSet(string? value) => value is "1" || bool.TryParse(value, out bool on) && on;

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException refused) when (IsHeld(refused))
        {
            return null;
        }
    }

    // EWOULDBLOCK of Linux and macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsHeld(IOException refused) =>
        OperatingSystem.IsWindows() ? (refused.HResult & 0xFFFF) == 32 : refused.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    /// <summary>A file that is shorter was created just now, or its writer died: it then begins again where nobody has counted yet.</summary>
    private static long Count(FileStream file)
    {
        try
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            long count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? BinaryPrimitives.ReadInt64LittleEndian(bytes) + 1 : 1;
            BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
            file.Position = 0;
            file.Write(bytes);
            return count;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private sealed class FileHold(FileStream file, long count) : Hold(count)
    {
        protected override ValueTask ReleaseCoreAsync() => file.DisposeAsync();
    }
}
