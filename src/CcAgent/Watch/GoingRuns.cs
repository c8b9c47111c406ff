using System.Text;
using CcAgent.Native;

namespace CcAgent.Watch;

/// <summary>
/// Runs that go on now, as the host's processes show: wrappers of any make, `… exec … --job-id ID …`. Looked for only where
/// a run seems to be missing, and then for all jobs at once.
/// </summary>
internal sealed class GoingRuns
{
    private readonly Dictionary<RunKey, List<DateTimeOffset>> _found = [];
    private bool _looked;

    /// <summary>What was found is old.</summary>
    internal void Forget()
    {
        _looked = false;
        _found.Clear();
    }

    /// <summary>When the runs of a job began.</summary>
    internal IReadOnlyList<DateTimeOffset> Of(RunKey key, DateTimeOffset boot)
    {
        if (!_looked)
            Look(boot);
        return _found.GetValueOrDefault(key, []);
    }

    private void Look(DateTimeOffset boot)
    {
        _looked = true;
        foreach (var pid in HostProcess.All())
        {
            if (HostProcess.Read(pid, "cmdline") is { } line && JobOf(line) is { } job && HostProcess.Of(pid) is { } process
                && ProcessIdentity.Credentials(pid) is { Uid: var uid })
            {
                var key = new RunKey(uid, job);
                if (!_found.TryGetValue(key, out var starts))
                    _found[key] = starts = [];
                starts.Add(process.StartedAt(boot));
            }
        }
    }

    /// <summary>The job of a wrapper's command line; null for any other.</summary>
    internal static string? JobOf(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> exec = "\0exec\0"u8, option = "\0--job-id"u8;
        var at = line.IndexOf(exec);
        var end = line.IndexOf("\0--\0"u8);
        var found = at < 0 || end < at ? -1 : line[at..end].IndexOf(option);
        if (found < 0)
            return null;
        var value = line[(at + found + option.Length)..];
        // The value is the next argument, or follows an equals sign.
        if (value.IsEmpty || (value[0] != 0 && value[0] != (byte)'='))
            return null;
        value = value[1..];
        var length = value.IndexOf((byte)0);
        return length <= 0 ? null : Encoding.UTF8.GetString(value[..length]);
    }
}
