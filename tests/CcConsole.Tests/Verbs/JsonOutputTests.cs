using System.Text.Json;
using CcConsole.Verbs.Output;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class JsonOutputTests
{
    [Fact]
    public void What_turns_or_hides_text_is_escaped_and_all_else_stays_readable()
    {
        string text = "é 日本語 <b> \u202eevil\u2069 \u200b \u2028 \u0085 \u001b \U000e0041";
        using StringWriter document = new(), line = new();
        JsonOutput.Document(document, Write);
        JsonOutput.Line(line, Write);

        foreach (string json in (string[])[document.ToString(), line.ToString(), JsonOutput.Text(json => json.WriteString("a", text))])
        {
            Assert.Contains("é 日本語 <b> \\u202eevil\\u2069 \\u200b \\u2028 \\u0085 \\u001", json, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("\\udb40\\udc41", json, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(text, JsonDocument.Parse(json).RootElement.GetProperty("a").GetString());
        }

        void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("a", text);
            json.WriteEndObject();
        }
    }
}
