using System.Text;

namespace PgLocks.AdminTool.Import;

/// <summary>A file of miners, pairs or keys: read whole before anything is written, so that a bad line leaves nothing half imported.</summary>
/// <param name="Lines">How many told of one.</param>
/// <param name="Entries">Each once; of several lines about the same one, the last counts.</param>
internal sealed record RegistryFile(int Lines, IReadOnlyCollection<RegistryEntry> Entries)
{
    private const int MostQuoted = 10;

    /// <exception cref="ToolException">There is no such file, it cannot be read, or lines of it cannot; they are named.</exception>
    public static RegistryFile Read(string path, RegistryParts parts)
    {
        try
        {
            using var file = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return Read(file, path, parts);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException(ExitCode.NotFound, "file_not_found", $"There is no file '{path}'.", "Check the path.", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ToolException(ExitCode.Refused, "bad_line", $"'{path}' is no text in UTF-8. Nothing was imported.", "Convert it: iconv -t UTF-8.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.Refused, "file_unreadable", $"'{path}' cannot be read: {exception.Message}", "Check that it is a file, and its rights.", exception);
        }
    }

    private static RegistryFile Read(StreamReader file, string path, RegistryParts parts)
    {
        var entries = new Dictionary<(string?, string?), RegistryEntry>();
        List<LineException> bad = [];
        var lines = 0;
        foreach (var record in RecordFile.Read(file, bad.Add))
        {
            try
            {
                var entry = RegistryEntry.From(record, parts);
                entries[(entry.Hotkey, entry.Pair)] = entry;
                lines++;
            }
            catch (LineException line)
            {
                bad.Add(line);
            }
        }
        if (bad.Count == 0)
            return new RegistryFile(lines, entries.Values);
        var more = bad.Count > MostQuoted ? $"; and {bad.Count - MostQuoted} more" : "";
        throw new ToolException(
            ExitCode.Refused, "bad_line", $"'{path}': {string.Join("; ", bad.Take(MostQuoted).Select(line => line.Message.TrimEnd('.')))}{more}. Nothing was imported.",
            "Correct what is named and import again.", bad[0]);
    }
}
