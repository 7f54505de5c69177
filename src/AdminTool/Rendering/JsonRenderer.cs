using System.Text.Encodings.Web;
using System.Text.Json;

namespace PgLocks.AdminTool.Rendering;

/// <summary>For programs: one object on one line, errors too.</summary>
internal sealed class JsonRenderer(TextWriter output) : IRenderer
{
    // Escapes control and format characters, and leaves quotes and letters readable: nobody embeds this in HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(Report report) => Write(json =>
    {
        json.WriteBoolean("ok", report.IsOk);
        foreach (var fact in report.Facts.Where(fact => fact.For.HasFlag(Audience.Programs)))
            WriteValue(json, fact.Name, fact.Value);
        foreach (var listing in report.Listings)
            WriteListing(json, listing);
        if (report.Plain is not null)
            json.WriteString("text", report.Plain);
        if (report.Message is not null)
            json.WriteString("message", report.Message);
    });

    public void Write(ToolException failure) => Write(json =>
    {
        json.WriteBoolean("ok", false);
        json.WriteStartObject("error");
        json.WriteString("code", failure.Code);
        json.WriteString("message", failure.Message);
        json.WriteString("next", failure.Next);
        json.WriteEndObject();
    });

    private static void WriteListing(Utf8JsonWriter json, Listing listing)
    {
        var shown = listing.ColumnsFor(Audience.Programs).ToList();
        json.WriteStartArray(listing.Name);
        foreach (var row in listing.Rows)
        {
            json.WriteStartObject();
            foreach (var index in shown)
                WriteValue(json, listing.Columns[index].Name, row[index]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case int or long or short: json.WriteNumber(name, Convert.ToInt64(value, null)); break;
            case double number: json.WriteNumber(name, number); break;
            default: json.WriteString(name, Cells.Plain(value)); break;
        }
    }

    private void Write(Action<Utf8JsonWriter> fill)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            fill(json);
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
        output.Flush();
    }
}
