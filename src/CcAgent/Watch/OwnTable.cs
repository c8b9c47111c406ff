using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Crontab;

namespace CcAgent.Watch;

/// <summary>
/// A user's own table, which only crontab(1) may read for them: read on a thread of its own, so that no report waits for it.
/// </summary>
internal sealed unsafe class OwnTable : IDaemonPart, IDisposable
{
    private readonly TableFolders _folders;
    private readonly TimeProvider _time;
    private readonly Action<TableRead> _taken;
    private readonly int _writing;
    private readonly TableShell? _shell;
    private Task<TableRead>? _reading;

    // Asked for while it was being read: what is read may be from before what was heard of since.
    private bool _again;

    // Whether what is being read is from before what is known now: it is not taken.
    private bool _isOutdated;
    private long _spoolChanged;

    /// <param name="folders">Where the host keeps its tables.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shell">Reads the table; null for a script each time. It ends with this.</param>
    /// <param name="taken">Takes what was read, on the daemon's thread.</param>
    /// <exception cref="ProblemException">There are no descriptors left.</exception>
    internal OwnTable(TableFolders folders, TimeProvider time, TableShell? shell, Action<TableRead> taken)
    {
        (_folders, _time, _shell, _taken) = (folders, time, shell, taken);
        if (!Libc.TryPipe(out var reading, out _writing))
            throw new ProblemException($"cannot make a pipe: {Libc.ErrorText(Libc.LastError)}");
        Descriptor = reading;
    }

    /// <inheritdoc/>
    public int Descriptor { get; }

    /// <inheritdoc/>
    public int TimeoutMs => _again && _reading is null ? 0 : -1;

    /// <summary>Whether it may have changed since this was asked last.</summary>
    internal bool MayHaveChanged()
    {
        // The folder's time tells what crontab(1) did in it, though its files cannot be seen.
        if (_folders.Spool is { } spool && Libc.TryStatus(spool, out var status))
        {
            var same = status.Changed == _spoolChanged && status.Changed < _time.GetUtcNow().ToUnixTimeSeconds() - 1;
            _spoolChanged = status.Changed;
            return !same;
        }

        return true;
    }

    /// <summary>Begins to read it; while that is going on, once more after it.</summary>
    /// <exception cref="ProblemException">There is no thread for it.</exception>
    internal void Begin()
    {
        if (_reading is not null)
        {
            _again = true;
            return;
        }

        try
        {
            _reading = OwnThread.Start(Read);
            (_again, _isOutdated) = (false, false);
        }
        catch (ProblemException)
        {
            // It is to be asked for again, whatever the folder's time says then.
            _spoolChanged = 0;
            throw;
        }
    }

    /// <summary>An edit is known now that what is being read may be from before: it is not taken, but read once more.</summary>
    internal void Outdate()
    {
        if (_reading is not null)
            (_again, _isOutdated) = (true, true);
    }

    /// <inheritdoc/>
    public void Ready()
    {
        byte one;
        if (_reading is { } reading)
        {
            if (Libc.read(Descriptor, &one, 1) != 1)
                return;
            _reading = null;
            if (!_isOutdated)
                _taken(reading.Result);
        }

        // Where this fails the next turn tries it again.
        if (_again)
            Begin();
    }

    public void Dispose()
    {
        // It ends within a minute, and what it writes to must still be the pipe then.
        _reading?.Wait();
        _shell?.Dispose();
        _ = Libc.close(Descriptor);
        _ = Libc.close(_writing);
    }

    private TableRead Read()
    {
        try
        {
            if (_shell is not null)
                return _shell.Read();
            var result = ShellRun.Run(HostCrontab.ReadCommand(), default);
            return HostCrontab.ParseRead(result.ExitCode, result.Output, result.Error);
        }
        catch (ProblemException e)
        {
            return new TableRead.Failed(e.Message, e.Hint);
        }
        finally
        {
            byte one = 1;
            _ = Libc.write(_writing, &one, 1);
        }
    }
}
