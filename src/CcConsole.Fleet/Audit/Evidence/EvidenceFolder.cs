using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store.Access;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>
/// The files of an export (0700, 0600), written beside their place and put there when all are on disk: what is there is whole. Each is named in
/// MANIFEST with its SHA-256, in the format of sha256sum(1).
/// </summary>
internal sealed class EvidenceFolder : IDisposable
{
    private const string Manifest = "MANIFEST";
    private static readonly string[] ArchiveEndings = [".tar.gz", ".tgz"];

    private readonly string _path, _scratch, _folder;
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    /// <param name="path">The folder to make; a name that ends in <c>.tar.gz</c> or <c>.tgz</c>: the archive to make of it.</param>
    /// <exception cref="ProblemException">It exists, or cannot be made.</exception>
    public EvidenceFolder(string path)
    {
        _path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string name = Path.GetFileName(_path);
        string stem = Array.Find(ArchiveEndings, name.EndsWith) is { } ending ? name[..^ending.Length] : name;
        IsArchive = stem != name;
        if (stem.Length == 0 || Path.Exists(_path))
        {
            throw new ProblemException(stem.Length == 0 ? $"{path} has no name of its own" : $"{path} is there already", "Name a folder that does not exist yet, or a file that ends in .tar.gz.");
        }

        _scratch = Path.Combine(Path.GetDirectoryName(_path)!, $".{name}.{Guid.NewGuid():N}.tmp");
        _folder = Path.Combine(_scratch, stem);
        PrivatePath.EnsureDirectory(_folder);
    }

    /// <summary>Whether an archive is made.</summary>
    public bool IsArchive { get; }

    /// <summary>The name of the folder, in an archive too.</summary>
    public string Name => Path.GetFileName(_folder);

    /// <summary>Writes a text, in UTF-8.</summary>
    public void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file.</summary>
    /// <param name="name">Its path in the folder, with slashes.</param>
    /// <param name="content">Its bytes.</param>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        using (FileStream file = Create(name))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        _files.Add(name, Sha256.Hash(content).ToString());
    }

    /// <summary>Writes lines, each with a line feed.</summary>
    public void Write(string name, IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        Sha256 hash = new();
        using (FileStream file = Create(name))
        {
            using BufferedStream buffer = new(file, 1 << 16);
            foreach (ReadOnlyMemory<byte> line in lines)
            {
                buffer.Write(line.Span);
                buffer.WriteByte((byte)'\n');
                hash.Append(line.Span);
                hash.Append("\n"u8);
            }

            buffer.Flush();
            file.Flush(flushToDisk: true);
        }

        _files.Add(name, hash.Finish().ToString());
    }

    /// <summary>Puts the export to its place.</summary>
    /// <returns>SHA-256 of MANIFEST.</returns>
    public string Finish()
    {
        string manifest = string.Concat(_files.Select(file => $"{file.Value}  {file.Key}\n"));
        Write(Manifest, manifest);
        if (IsArchive)
        {
            string archive = Path.Combine(_scratch, "archive");
            using (FileStream file = PrivatePath.CreateFile(archive))
            {
                using (GZipStream gzip = new(file, CompressionLevel.Optimal, leaveOpen: true))
                {
                    Pack(gzip);
                }

                file.Flush(flushToDisk: true);
            }

            PrivatePath.Place(archive, _path);
        }
        else
        {
            PrivatePath.Place(_folder, _path);
        }

        return _files[Manifest];
    }

    /// <summary>Removes what was not finished.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_scratch))
        {
            Directory.Delete(_scratch, recursive: true);
        }
    }

    // Names and modes alone: who has written it, and the names of this machine's accounts, are not part of the evidence.
    private void Pack(Stream stream)
    {
        using TarWriter tar = new(stream, TarEntryFormat.Pax, leaveOpen: true);
        foreach (string name in _files.Keys)
        {
            using FileStream content = File.OpenRead(Path.Combine(_folder, name));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{Name}/{name}")
            {
                DataStream = content,
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                ModificationTime = File.GetLastWriteTimeUtc(content.SafeFileHandle),
            });
        }
    }

    private FileStream Create(string name)
    {
        string path = Path.Combine(_folder, name);
        PrivatePath.EnsureDirectory(Path.GetDirectoryName(path)!);
        return PrivatePath.CreateFile(path);
    }
}
