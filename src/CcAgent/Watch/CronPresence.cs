using System.Globalization;
using System.Text;
using CcAgent.Daemon;
using CcAgent.Native;

namespace CcAgent.Watch;

/// <summary>
/// Whether a cron daemon runs on this host, and since when: root's process of that name. Its end is heard of at once, by
/// pidfd_open(2), where the kernel has it; a new one is looked for only when it matters.
/// </summary>
internal sealed class CronPresence : IDaemonPart, IDisposable
{
    private static readonly string[] Names = ["cron", "crond", "fcron"];
    private static readonly string[] PidFiles = ["/run/crond.pid", "/var/run/crond.pid", "/run/cron.pid"];

    private readonly TimeProvider _time;
    private readonly List<(DateTimeOffset From, DateTimeOffset To, bool Present)> _past = [];
    private HostProcess? _daemon;
    private DateTimeOffset _since;

    // From when on it is certain that there is none; null while there is one, and when it cannot be told.
    private DateTimeOffset? _absent;
    private DateTimeOffset _seen;

    internal CronPresence(TimeProvider time)
    {
        _time = time;
        Look();
    }

    /// <summary>Readable when the daemon that runs has ended; -1 where that cannot be waited for.</summary>
    public int Descriptor { get; private set; } = -1;

    /// <inheritdoc/>
    public int TimeoutMs => -1;

    /// <summary>The daemon has ended.</summary>
    public void Ready()
    {
        if (_daemon is null || IsAlive())
            return;
        Ended(_time.GetUtcNow());
    }

    /// <summary>Looks whether the daemon still runs, and for a new one where it does not.</summary>
    internal void Look()
    {
        var now = _time.GetUtcNow();
        if (_daemon is not null && IsAlive())
        {
            _seen = now;
            return;
        }

        if (_daemon is not null)
            Ended(null);
        if (!HostProcess.AreSeen)
            return;
        var boot = HostClock.Read(_time).Boot;
        if (Find(out var unclear) is { } found)
        {
            var start = found.StartedAt(boot);
            if (_absent is { } from && from < start)
                Remember(from, start, present: false);
            (_daemon, _since, _seen, _absent) = (found, start, now, null);
            Descriptor = Libc.ProcessDescriptor(found.Pid);
        }
        else if (unclear)
        {
            _absent = null;
        }
        else
        {
            _absent ??= now;
        }
    }

    /// <summary>Whether one ran at a moment; null when that is not known. <see cref="Look"/> comes before.</summary>
    internal bool? At(DateTimeOffset moment)
    {
        if (_absent is { } absent && moment >= absent)
            return false;
        if (_daemon is not null && moment >= _since && moment <= _seen)
            return true;
        foreach (var (from, to, present) in _past)
        {
            if (moment >= from && moment < to)
                return present;
        }

        return null;
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = Libc.close(Descriptor);
        Descriptor = -1;
    }

    private void Ended(DateTimeOffset? at)
    {
        Remember(_since, at ?? _seen, present: true);
        (_daemon, _absent) = (null, at);
        Dispose();
    }

    private void Remember(DateTimeOffset from, DateTimeOffset to, bool present)
    {
        const int most = 32;
        if (_past.Count == most)
            _past.RemoveAt(0);
        _past.Add((from, to, present));
    }

    private bool IsAlive() => _daemon is { } daemon && HostProcess.Of(daemon.Pid) is { } now && now.Start == daemon.Start && !IsZombie(daemon.Pid);

    private static bool IsZombie(int pid) => HostProcess.Read(pid, "stat") is not { } stat || stat.AsSpan(stat.AsSpan().LastIndexOf((byte)')') + 1).StartsWith(" Z"u8);

    // What cron leaves behind when it ends while a job runs is called as itself, but leads no group of its own.
    private static HostProcess? Find(out bool unclear)
    {
        unclear = false;
        foreach (var file in PidFiles)
        {
            if (SmallFile.Read(file) is { } text && int.TryParse(Encoding.ASCII.GetString(text).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var named)
                && Daemon(named) is { } daemon)
            {
                return daemon;
            }
        }

        foreach (var pid in HostProcess.All())
        {
            if (Daemon(pid) is not { } found)
                continue;
            if (found.Group == pid || (found.Parent > 1 && HostProcess.Of(found.Parent) is { } parent && !IsCron(parent.Name)))
                return found;
            unclear |= found.Parent <= 1;
        }

        return null;
    }

    private static HostProcess? Daemon(int pid) =>
        HostProcess.Of(pid) is { } process && IsCron(process.Name) && !IsZombie(pid)
        && ProcessIdentity.Credentials(pid) is { Uid: 0 } && HostProcess.IsOfThisHost(pid) ? process : null;

    private static bool IsCron(string name) => Array.IndexOf(Names, name) >= 0;
}
