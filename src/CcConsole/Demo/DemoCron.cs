using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Ssh;

namespace CcConsole.Demo;

/// <summary>
/// The demo's cron daemon: at each minute it reads the hosts' tables and starts what is due, each command by the
/// table's shell with the table's variables and cron's environment, from the home folder (crontab(5)).
/// </summary>
internal sealed class DemoCron(IReadOnlyList<DemoHost> hosts, TimeProvider time)
{
    private readonly List<Task> _running = [];

    /// <summary>Runs until it is cancelled, and then waits for the jobs that it started.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                DateTimeOffset minute = NextMinute();
                // A timer may be a moment early: the minute would not have begun, and be the next one once more.
                for (DateTimeOffset now; (now = time.GetUtcNow()) < minute;)
                    await Task.Delay(minute - now + TimeSpan.FromMilliseconds(1), time, stop);
                Start((schedule, _) => schedule.Next(minute.AddTicks(-1), time.LocalTimeZone) == minute, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Task.WhenAll(_running);
        }
    }

    /// <summary>When the next minute begins.</summary>
    public DateTimeOffset NextMinute() => Minute(time.GetUtcNow()).AddMinutes(1);

    /// <summary>Runs once everything that the agents wrap, so that the fleet has something to show.</summary>
    public async Task RunAllOnceAsync(CancellationToken stop)
    {
        Start((_, wrapped) => wrapped, stop);
        await Task.WhenAll(_running);
    }

    private void Start(Func<Schedule, bool, bool> isDue, CancellationToken stop)
    {
        _running.RemoveAll(job => job.IsCompleted);
        foreach (DemoHost host in hosts)
        {
            if (!File.Exists(host.TablePath)) continue;
            CrontabDocument table = CrontabDocument.Parse(File.ReadAllBytes(host.TablePath));
            foreach (EntryLine entry in table.Entries)
            {
                bool wrapped = CommandWrapper.Unwrap(table.Slice(entry.CommandSpan)) is not null;
                if (!entry.IsPaused && isDue(entry.Schedule, wrapped)) _running.Add(RunAsync(host, table, entry, stop));
            }
        }
    }

    private static async Task RunAsync(DemoHost host, CrontabDocument table, EntryLine entry, CancellationToken stop)
    {
        CronCommand command = table.Command(entry);
        string user = Environment.UserName;
        var variables = new Dictionary<string, string> { ["HOME"] = host.Home, ["SHELL"] = "/bin/sh", ["PATH"] = "/usr/bin:/bin" };
        foreach (VariableLine line in table.Lines.OfType<VariableLine>().Where(line => line.Number < entry.Number)) variables[line.Name] = line.Value;
        variables["LOGNAME"] = variables["USER"] = user;

        var text = new StringBuilder("exec env -i");
        foreach ((string name, string value) in variables) text.Append(' ').Append(DemoHost.Quote($"{name}={value}"));
        text.Append(' ').Append(DemoHost.Quote(variables["SHELL"])).Append(" -c ").Append(DemoHost.Quote(command.ShellText));
        await using var shell = new LocalShell(host.Name, directory: host.Home);
        try
        {
            await shell.RunAsync(text.ToString(), command.Input(), new CommandOptions { Timeout = TimeSpan.FromMinutes(10) }, stop);
        }
        catch (Exception failed) when (failed is Core.ProblemException or OperationCanceledException)
        {
            // As with cron, a job that cannot be run is not the daemon's failure: what the agent recorded of it stays.
        }
    }

    private static DateTimeOffset Minute(DateTimeOffset time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMinute, time.Offset);
}
