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
    private readonly Action<TableRead> _taken;
    private readonly int _writing;
    private readonly TableShell? _shell = TableShell.Take();
    private Task<TableRead>? _reading;

    /// <param name="taken">Takes what was read, on the daemon's thread.</param>
    /// <exception cref="ProblemException">There are no descriptors left.</exception>
    internal OwnTable(Action<TableRead> taken)
    {
        _taken = taken;
        if (!Libc.TryPipe(out var reading, out _writing))
            throw new ProblemException($"cannot make a pipe: {Libc.ErrorText(Libc.LastError)}");
        Descriptor = reading;
    }

    /// <inheritdoc/>
    public int Descriptor { get; }

    /// <inheritdoc/>
    public int TimeoutMs => -1;

    /// <summary>Begins to read it, unless that is going on.</summary>
    internal void Begin() => _reading ??= Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    public void Ready()
    {
        byte one;
        if (Libc.read(Descriptor, &one, 1) != 1 || _reading is not { } reading)
            return;
        _reading = null;
        _taken(reading.Result);
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
