using System.Text.Json;
using CcAgent.Native;
using CcAgent.Watch;
using CcConsole.Core;

namespace CcAgent.Edits;

/// <summary>The right to edit one table, and to settle what an earlier edit of it left. It ends with its process, whatever ends that.</summary>
internal sealed unsafe class EditLock : IDisposable
{
    private readonly string _folder, _path;
    private int _fd;

    internal EditLock(string folder, string path, int fd) => (_folder, _path, _fd) = (folder, path, fd);

    /// <summary>The edit that was begun and not recorded; null when there is none.</summary>
    internal PendingEdit? Pending => Read(_path);

    /// <summary>Writes down what is about to be done; durable on return.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    internal void Put(PendingEdit edit)
    {
        KeptFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(edit, EditJson.Default.PendingEdit));
        var folder = Libc.open(_folder, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        var synced = folder >= 0 && Libc.fsync(folder) == 0;
        if (folder >= 0)
            _ = Libc.close(folder);
        if (!synced)
            throw new ProblemException($"{_folder} cannot be written: {Libc.ErrorText(Libc.LastError)}", "see the folder and its disk on the host");
    }

    /// <summary>The edit is recorded, or was never made.</summary>
    internal void Clear() => _ = Libc.unlink(_path);

    internal static PendingEdit? Read(string path)
    {
        if (SmallFile.Read(path) is not { } bytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize(bytes, EditJson.Default.PendingEdit) is { Entry: { Edit: not null, Table: not null } } edit ? edit : null;
        }
        catch (JsonException)
        {
            // It is replaced as a whole: this agent has not written it.
            StandardStreams.Say($"{path} is not what the agent wrote", "look at it, and remove it");
            return null;
        }
    }

    public void Dispose()
    {
        if (_fd >= 0)
            _ = Libc.close(_fd);
        _fd = -1;
    }
}
