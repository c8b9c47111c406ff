using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using CcConsole.Core;

namespace CcConsole.Fleet.Agents;

/// <summary>An executable of the agent, for hosts of one kind: what its ELF header says (elf(5)).</summary>
public sealed class AgentBinary
{
    private const int HeaderSize = 64, Interpreter = 3;
    private readonly byte[] _bytes;

    private AgentBinary(byte[] bytes, string version, string machine, string loader) =>
        (_bytes, Version, Machine, Loader, Sha256) = (bytes, version, machine, loader, Core.Audit.Sha256.Hash(bytes).ToString());

    /// <summary>Its version; empty when only it itself can say.</summary>
    public string Version { get; }

    /// <summary>As <c>uname -m</c> names the processor.</summary>
    public string Machine { get; }

    /// <summary>The loader that it needs, such as glibc's; empty for none.</summary>
    public string Loader { get; }

    /// <summary>Its digest, 64 hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>Its size in bytes.</summary>
    public int Size => _bytes.Length;

    /// <summary>Reads an executable.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="version">Its version; empty when not known.</param>
    /// <param name="name">What to call it in an error.</param>
    /// <exception cref="ProblemException">It is no 64-bit ELF executable of a known processor.</exception>
    public static AgentBinary Read(byte[] bytes, string version, string name)
    {
        ReadOnlySpan<byte> elf = bytes;
        string? machine = elf.Length >= HeaderSize && elf.StartsWith("\u007fELF\u0002\u0001"u8)
            ? BinaryPrimitives.ReadUInt16LittleEndian(elf[18..]) switch { 62 => "x86_64", 183 => "aarch64", 243 => "riscv64", _ => null }
            : null;
        return machine is not null
            ? new AgentBinary(bytes, version, machine, LoaderOf(elf))
            : throw new ProblemException($"{name} is not an executable of the agent for Linux", "Name a cc-agent that publish.sh made, or its folder");
    }

    /// <summary>Reads what a person names: an executable, a folder with <c>cc-agent</c>, or one with a folder for each kind of host (<c>dist</c>).</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static IReadOnlyList<AgentBinary> ReadRelease(string path)
    {
        try
        {
            string[] files = File.Exists(path) ? [path]
                : Directory.Exists(path) ? [.. Directory.GetDirectories(path).Prepend(path).Select(folder => Path.Combine(folder, "cc-agent")).Where(File.Exists)]
                : throw new ProblemException($"{path} is not there", "Name a cc-agent that publish.sh made, or its folder");
            return files.Length > 0
                ? [.. files.Select(file => Read(File.ReadAllBytes(file), "", file))]
                : throw new ProblemException($"there is no cc-agent in {path}", "Name a cc-agent that publish.sh made, or its folder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{path} cannot be read: {e.Message}", "", e);
        }
    }

    /// <summary>Its bytes, compressed as gzip does where the host can undo that.</summary>
    internal ReadOnlyMemory<byte> Sent(bool compressed)
    {
        if (!compressed)
        {
            return _bytes;
        }

        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(_bytes);
        }

        return packed.ToArray();
    }

    // The program header of type PT_INTERP holds the loader's path.
    private static string LoaderOf(ReadOnlySpan<byte> elf)
    {
        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(elf[32..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf[54..]), count = BinaryPrimitives.ReadUInt16LittleEndian(elf[56..]);
        for (int i = 0; i < count && size >= 56 && at + (ulong)((i + 1) * size) <= (ulong)elf.Length; i++)
        {
            ReadOnlySpan<byte> header = elf.Slice((int)at + (i * size), size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Interpreter)
            {
                continue;
            }

            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]), length = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
            return length < 4096 && offset < (ulong)elf.Length && length <= (ulong)elf.Length - offset
                ? Encoding.ASCII.GetString(elf.Slice((int)offset, (int)length)).TrimEnd('\0')
                : "";
        }

        return "";
    }
}
