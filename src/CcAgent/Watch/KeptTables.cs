using System.Text;
using System.Text.Json;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Watch;

/// <summary>A table as it was last seen.</summary>
/// <param name="Name">How entries call it.</param>
/// <param name="Sha256">The digest of its bytes.</param>
/// <param name="Size">How many they are.</param>
/// <param name="Since">From when it was there, in microseconds since 1970.</param>
internal sealed record KeptTable(string Name, string Sha256, long Size, long Since);

/// <summary>
/// The tables as they were last seen, one file each, in a folder that nobody else can enter: what was changed while the
/// daemon was away shows by them. A file is one line that describes the table, then its bytes.
/// </summary>
internal sealed class KeptTables
{
    private const string Suffix = ".table";

    private readonly string _folder;

    /// <exception cref="ProblemException">The folder cannot be made, or is not the agent's alone.</exception>
    internal KeptTables(string folder, uint owner)
    {
        _folder = folder;
        SecureDirectory.Make(folder, owner, 0x1C0);
    }

    /// <summary>All of them.</summary>
    internal List<KeptTable> Read()
    {
        var tables = new List<KeptTable>();
        foreach (var path in Directory.EnumerateFiles(_folder, "*" + Suffix))
        {
            if (Parse(File.ReadAllBytes(path), out _) is { } table && path == PathOf(table.Name))
                tables.Add(table);
            else
                StandardStreams.Say($"{path} is not what the agent wrote", "remove it; the table counts as new then");
        }

        return tables;
    }

    /// <summary>The bytes of one; null when it is not kept, or too long to be.</summary>
    internal byte[]? Bytes(string name) =>
        SmallFile.Read(PathOf(name)) is { } file && Parse(file, out var bytes) is { } table && table.Size == bytes.Length ? bytes.ToArray() : null;

    /// <exception cref="ProblemException">It cannot be written.</exception>
    internal void Write(KeptTable table, ReadOnlySpan<byte> bytes)
    {
        var header = JsonSerializer.SerializeToUtf8Bytes(table, WatchJson.Default.KeptTable);
        KeptFile.Write(PathOf(table.Name), [.. header, (byte)'\n', .. bytes]);
    }

    internal void Remove(string name) => _ = Libc.unlink(PathOf(name));

    private string PathOf(string name) => $"{_folder}/{Sha256.Hash(Encoding.UTF8.GetBytes(name)).ToString()[..32]}{Suffix}";

    private static KeptTable? Parse(ReadOnlySpan<byte> file, out ReadOnlySpan<byte> bytes)
    {
        var end = file.IndexOf((byte)'\n');
        bytes = end < 0 ? default : file[(end + 1)..];
        try
        {
            return end < 0 ? null : JsonSerializer.Deserialize(file[..end], WatchJson.Default.KeptTable);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
