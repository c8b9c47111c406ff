using System.Text.Json;
using CcConsole.Core;

namespace CcConsole.Composition;

/// <summary>The person's settings: <c>settings.json</c> in the configuration folder, all members optional.</summary>
internal sealed record Settings
{
    private const string FileName = "settings.json";

    /// <summary>The ssh_config file to use instead of the person's own; null for theirs.</summary>
    public string? SshConfig { get; init; }

    /// <summary>The theme's name; null for the terminal's own colours.</summary>
    public string? Theme { get; init; }

    /// <summary>True: nothing is changed on any host, nor in the list of hosts.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// After how many hours the console looks a host through again for all that it runs. A look asks the host for root (sudo -n), which
    /// its log shows. 0: never.
    /// </summary>
    public double LookHours { get; init; } = 24;

    /// <summary>After how many hours a pull holds every entry of a host against the copy by itself. 0: only when asked (<c>--deep</c>).</summary>
    public double DeepHours { get; init; } = 24;

    /// <summary>Entries that are so many days old go from the cache into their archive file after such a comparison. 0: never by itself.</summary>
    public double ArchiveDays { get; init; }

    /// <summary>After how many minutes a copy that was not pulled again counts as stale. 0: after twice the interval at which hosts are looked at.</summary>
    public double StaleMinutes { get; init; }

    /// <summary>Reads the file; without one, everything is as by default.</summary>
    /// <exception cref="ProblemException">It cannot be read, or holds something else; the message has the line.</exception>
    public static Settings Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Settings();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The settings in {path} cannot be read: {e.Message}", "check the file's owner and mode", e);
        }
        return Parse(json, path);
    }

    internal static Settings Parse(ReadOnlySpan<byte> json, string path)
    {
        var settings = new Settings();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        try
        {
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, json, reader, path, "it is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                switch (name)
                {
                    case "sshConfig": settings = settings with { SshConfig = Text(ref reader, json, path, name) }; break;
                    case "theme": settings = settings with { Theme = Text(ref reader, json, path, name) }; break;
                    case "readOnly":
                        Expect(reader.TokenType is JsonTokenType.True or JsonTokenType.False, json, reader, path, "\"readOnly\" is neither true nor false");
                        settings = settings with { ReadOnly = reader.GetBoolean() };
                        break;
                    case "lookHours":
                        settings = settings with { LookHours = Number(reader, json, path, name, 87_600) };
                        break;
                    case "deepHours":
                        settings = settings with { DeepHours = Number(reader, json, path, name, 87_600) };
                        break;
                    case "archiveDays":
                        settings = settings with { ArchiveDays = Number(reader, json, path, name, 36_500) };
                        break;
                    case "staleMinutes":
                        settings = settings with { StaleMinutes = Number(reader, json, path, name, 5_256_000) };
                        break;
                    default:
                        throw Wrong(json, reader.TokenStartIndex, path, $"there is no setting \"{name}\"");
                }
            }
            return settings;
        }
        catch (JsonException e)
        {
            throw new ProblemException($"{path}, line {(e.LineNumber ?? 0) + 1}: this is not JSON", "correct the file", e);
        }
    }

    private static string Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string path, string name)
    {
        Expect(reader.TokenType == JsonTokenType.String, json, reader, path, $"\"{name}\" is not a text");
        return reader.GetString()!;
    }

    private static double Number(in Utf8JsonReader reader, ReadOnlySpan<byte> json, string path, string name, double most)
    {
        Expect(reader.TokenType is JsonTokenType.Number, json, reader, path, $"\"{name}\" is not a number");
        double number = reader.GetDouble();
        Expect(number >= 0 && number <= most, json, reader, path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{name}\" is not from 0 to {most}"));
        return number;
    }

    private static void Expect(bool holds, ReadOnlySpan<byte> json, in Utf8JsonReader reader, string path, string otherwise)
    {
        if (!holds) throw Wrong(json, reader.TokenStartIndex, path, otherwise);
    }

    private static ProblemException Wrong(ReadOnlySpan<byte> json, long offset, string path, string what) => new(
        $"{path}, line {1 + json[..(int)offset].Count((byte)'\n')}: {what}", "correct the file; the settings are sshConfig, theme, readOnly, lookHours, deepHours, archiveDays and staleMinutes");
}
