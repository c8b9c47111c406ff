using System.Globalization;
using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>What the published console found in a file.</summary>
internal sealed record CaseFinding(string File, long Entries, string? Head, string Verdict, long? FirstBad, string Message, JsonElement Json);

/// <summary>Chains in files, verified by the published <c>cc-console audit verify --json</c> and by the README's Python.</summary>
internal sealed class CaseFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("cce-case-").FullName;

    /// <summary>Writes lines, each with its line feed; gives the file's name.</summary>
    public string Put(string name, IEnumerable<string> lines) => Put(name, Encoding.Latin1.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    public string Put(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(Folder, name), bytes);
        return name;
    }

    /// <summary>One run of the console over files: its exit code and what it says of each.</summary>
    public async Task<(int Code, IReadOnlyList<CaseFinding> Findings)> VerifyAsync(IEnumerable<string> files, params string[] options)
    {
        ProgramResult run = await ProgramRun.RunAsync(Published.Console, ["audit", "verify", "--json", .. options, .. files], directory: Folder, seconds: 300);
        Assert.True(run.Error.Length == 0, run.ToString());
        return (run.Code, [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)]);
    }

    /// <summary>
    /// That a chain gets a verdict, at an entry, with the exit code of that verdict; and what Python says: the same, unless
    /// <paramref name="python"/> tells why not.
    /// </summary>
    /// <param name="lines">The chain.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="firstBad">The 1-based line; null for none.</param>
    /// <param name="python">Null where Python says the same: OK with the same head, or no at the same entry.</param>
    /// <param name="options">Options of <c>audit verify</c>.</param>
    public Task<CaseFinding> ShowAsync(IEnumerable<string> lines, string verdict, long? firstBad, PythonDiffers? python = null, params string[] options) =>
        ShowAsync(string.Concat(lines.Select(line => line + "\n")), verdict, firstBad, python, options);

    /// <inheritdoc cref="ShowAsync(IEnumerable{string}, string, long?, PythonDiffers?, string[])"/>
    /// <param name="text">The file, byte for byte.</param>
    public async Task<CaseFinding> ShowAsync(string text, string verdict, long? firstBad, PythonDiffers? python = null, params string[] options)
    {
        string file = Put(string.Create(CultureInfo.InvariantCulture, $"case-{Directory.GetFiles(Folder).Length}.jsonl"), Encoding.Latin1.GetBytes(text));
        (int code, IReadOnlyList<CaseFinding> findings) = await VerifyAsync([file], options);
        CaseFinding found = Assert.Single(findings);
        Assert.True((found.Verdict, found.FirstBad) == (verdict, firstBad), $"wanted {verdict} at {firstBad}: {found.Json}");
        Assert.Equal(CodeOf(verdict), code);
        PythonAnswer said = (await PythonAnswer.OfAsync(Folder, [file])).Single();
        if (python is not null)
            Assert.True(python.Entry == said.Entry, $"{python.Why}: Python stops at {said.Entry}");
        else if (firstBad is null)
            Assert.Equal((true, found.Head ?? new string('0', 64)), (said.Good, said.Head));
        else
            Assert.Equal((false, firstBad), (said.Good, said.Entry));
        return found;
    }

    public static int CodeOf(string verdict) => verdict switch
    {
        "OK" or "UNANCHORED" or "CLOCK" => 0,
        "TORN" or "OVERDUE" or "STALE" => 2,
        _ => 1,
    };

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static CaseFinding Parse(string line)
    {
        JsonElement json = JsonDocument.Parse(line).RootElement;
        JsonElement bad = json.GetProperty("first_bad");
        return new CaseFinding(
            json.GetProperty("file").GetString()!, json.GetProperty("entries").GetInt64(), json.GetProperty("head").GetString(),
            json.GetProperty("verdict").GetString()!, bad.ValueKind == JsonValueKind.Null ? null : bad.GetInt64(), json.GetProperty("message").GetString()!, json);
    }
}

/// <summary>Where the ten lines of Python say something else than we do: they look at less.</summary>
/// <param name="Why">Why.</param>
/// <param name="Entry">The 1-based entry at which Python stops; null when it says OK.</param>
internal sealed record PythonDiffers(string Why, long? Entry = null);
