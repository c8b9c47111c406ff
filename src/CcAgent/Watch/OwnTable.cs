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
    public int TimeoutMs => -1;

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
            _again = false;
            _reading = OwnThread.Start(Read);
        }
        catch (ProblemException)
        {
            // It is to be asked for again, whatever the folder's time says then.
            _spoolChanged = 0;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Ready()
    {
        byte one;
        if (Libc.read(Descriptor, &one, 1) != 1 || _reading is not { } reading)
            return;
        _reading = null;
        _taken(reading.Result);
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
