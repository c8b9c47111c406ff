using System.Text.Json;
using System.Text.Json.Serialization;
using CcConsole.Core;
using CcConsole.Store.Access;

namespace CcConsole.Fleet.Hosts;

/// <summary>
/// The list of hosts: <c>hosts.json</c>, 0600, in the console's settings folder, 0700. Read anew for each change and replaced in one
/// step, under a lock, so that of two consoles neither undoes what the other did. Comments and final commas are read.
/// </summary>
public sealed class HostsFile
{
    private const int LongestName = 64;

    /// <param name="path">The file; it need not exist.</param>
    public HostsFile(string path) => FilePath = path;

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>The hosts in the file's order; none when there is no file.</summary>
    /// <exception cref="ProblemException">Wrong owner or mode, or an error in the file, with its line.</exception>
    public IReadOnlyList<HostEntry> Load() => Read().Hosts;

    /// <summary>Adds a host.</summary>
    /// <exception cref="ProblemException">A name that is taken, a part that cannot be used, or a file that cannot be written.</exception>
    public void Add(HostEntry host)
    {
        using FileLock mine = Hold();
        HostsDocument document = Read();
        string? problem = Problem(host);
        if (problem is not null)
        {
            throw new ProblemException($"The host {Show(host.Name)} cannot be added: {problem}", "cc-console host add --help has an example.");
        }

        if (document.Hosts.Any(other => other.Name == host.Name))
        {
            throw new ProblemException($"There is a host {host.Name} already", "Choose another name, or remove that one first.");
        }

        Write(document with { Hosts = [.. document.Hosts, host] });
    }

    /// <summary>Removes a host from the list; what is known of it in the cache stays.</summary>
    /// <exception cref="ProblemException">There is no such host.</exception>
    public void Remove(string name)
    {
        using FileLock mine = Hold();
        HostsDocument document = Read();
        HostEntry[] rest = [.. document.Hosts.Where(host => host.Name != name)];
        if (rest.Length == document.Hosts.Count)
        {
            throw new ProblemException($"There is no host {Show(name)}", "cc-console host list shows the names.");
        }

        Write(document with { Hosts = rest });
    }

    private FileLock Hold()
    {
        PrivatePath.EnsureDirectory(Path.GetDirectoryName(FilePath)!);
        return FileLock.Take(FilePath + ".lock");
    }

    private HostsDocument Read()
    {
        if (!Directory.Exists(Path.GetDirectoryName(FilePath)))
        {
            return new HostsDocument();
        }

        PrivatePath.CheckDirectory(Path.GetDirectoryName(FilePath)!);
        if (!PrivatePath.CheckFile(FilePath))
        {
            return new HostsDocument();
        }

        HostsDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(File.ReadAllBytes(FilePath), HostsJson.Default.HostsDocument);
        }
        catch (JsonException e)
        {
            throw new ProblemException($"{FilePath}, line {e.LineNumber + 1}: {Reason(e)}", "Mend the line; the file was left as it is.", e);
        }

        HashSet<string> names = [];
        foreach (HostEntry host in document?.Hosts ?? [])
        {
            if (Problem(host) is { } problem)
            {
                throw new ProblemException($"{FilePath}, host {Show(host.Name)}: {problem}", "Mend the entry; the file was left as it is.");
            }

            if (!names.Add(host.Name))
            {
                throw new ProblemException($"{FilePath}: the name {host.Name} occurs twice", "Give each host a name of its own.");
            }
        }

        return document ?? new HostsDocument();
    }

    private void Write(HostsDocument document)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(document, HostsJson.Default.HostsDocument);
        PrivatePath.WriteAtomically(FilePath, [.. json, (byte)'\n']);
    }

    private static string? Problem(HostEntry host)
    {
        if (host.Name.Length is 0 or > LongestName || host.Name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '/' or ':' or ',') || host.Name[0] == '-')
        {
            return $"a name is 1 to {LongestName} characters without blanks, / : and comma, and does not begin with a hyphen";
        }

        if (host.Destination.Length == 0 || host.Destination.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) || host.Destination[0] == '-')
        {
            return "a destination is an alias of ssh_config, user@host, user@host:port or local, without blanks";
        }

        if (host.Environment is { Count: > 0 } && !host.IsLocal)
        {
            return "variables (environment) can be set for a local host only";
        }

        return host.Environment?.Keys.FirstOrDefault(key => key.Length == 0 || key.AsSpan().ContainsAny('=', '\0')) is { } wrong
            ? $"{Show(wrong)} is not the name of a variable"
            : null;
    }

    private static string Reason(JsonException e) => e.Message.Contains("required", StringComparison.Ordinal) && e.Path is null or "$"
        ? "a host needs a name and a destination"
        : e.InnerException is null ? $"{e.Path ?? "$"} has a value of the wrong kind or lacks one that is required" : "this is not valid JSON";

    private static string Show(string text) => $"\"{Ssh.Plain.Text(text)}\"";
}

/// <summary>The file's outermost object.</summary>
internal sealed record HostsDocument
{
    public IReadOnlyList<HostEntry> Hosts { get; init; } = [];

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(HostsDocument))]
internal sealed partial class HostsJson : JsonSerializerContext;
