using CcConsole.Core;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Sessions;

namespace CcConsole.Fleet.Jobs;

/// <summary>
/// One table of a host as it was read, and what can be done to its jobs. Everything here is computed; the plans that it makes are
/// applied only while the table still is what was read.
/// </summary>
public sealed partial class JobEditor
{
    private const int RunsShown = 5;

    /// <summary>How the socket of an agent begins that is a user's own: the folder is closed to all others.</summary>
    private const string UserSocket = "/tmp/cc-agent-";

    private readonly CrontabDocument _document;
    private readonly TimeProvider _time;
    private readonly string _newIdSuffix = Guid.NewGuid().ToString("N")[..6];

    internal JobEditor(HostEntry host, HostFacts facts, TableSnapshot table, bool ownTable, TimeProvider time)
    {
        Host = host;
        Facts = facts;
        Table = table;
        Jobs = JobTable.From(_document = table.Parse());
        IsOwnTable = ownTable;
        _time = time;
    }

    /// <summary>The host.</summary>
    public HostEntry Host { get; }

    /// <summary>What is known of it.</summary>
    public HostFacts Facts { get; }

    /// <summary>The table as it was read.</summary>
    public TableSnapshot Table { get; }

    /// <summary>Its jobs.</summary>
    public JobTable Jobs { get; }

    /// <summary>True for the table of the session's own user.</summary>
    public bool IsOwnTable { get; }

    /// <summary>By which clock a job runs, and how late it may; null for one that is added.</summary>
    public EntryTiming TimingOf(Job? job) => EntryTiming.Of(_document, job?.Entry, Facts.Zone, ZoneDatabase.Find);

    /// <summary>What a draft would become, in place of a job or (null) as a new one. Asks nobody; never throws for what is in the draft.</summary>
    public JobPreview Preview(JobDraft draft, Job? job = null)
    {
        if (!Schedule.TryParse(draft.Schedule, Table.Dialect, out Schedule? schedule, out ScheduleError error))
        {
            return new JobPreview { Field = DraftField.Schedule, Problem = error.Message, Hint = "Five fields: minute hour day-of-month month day-of-week, or @daily and the like" };
        }

        EntryTiming timing = TimingOf(job);
        JobPreview preview = new()
        {
            Meaning = ScheduleDescription.Describe(schedule!),
            NextRuns = [.. timing.Occurrences(schedule!, _time.GetUtcNow()).Take(RunsShown)],
            Warnings = [.. CrontabLinter.LintSchedule(schedule!).Select(finding => finding.Sentence), .. Warnings(schedule!, timing, job)],
        };
        try
        {
            byte[] command = Command(draft, job);
            int left = CommandBudget.Left(command, Table.Dialect);
            preview = preview with { BytesLeft = left };
            if (left < 0)
            {
                return preview with { Field = DraftField.Command, Problem = $"The command is {-left} bytes longer than {Table.Dialect.Name()} cron takes", Hint = "Put it into a script and call that" };
            }

            CrontabDocument after = Write(draft, job, command);
            EntryLine line = Entry(after, job);
            IReadOnlyList<LintFinding> findings = CrontabLinter.LintEntry(new EntryText(line.Schedule.Text, command, line.User), Table.Dialect,
                new LintContext { TableUser = Table.Id.IsSystem ? null : Table.Id.Name });
            return preview with
            {
                Line = after.Slice(line.Span).ToArray(),
                Findings = findings,
                Warnings = [.. findings.Select(finding => finding.Sentence), .. Warnings(schedule!, timing, job)],
            };
        }
        catch (ProblemException e)
        {
            return preview with { Field = FieldOf(draft), Problem = e.Message, Hint = e.Hint.Length > 0 ? e.Hint : null };
        }
    }

    /// <summary>The job of the table with an id, with the only id that begins so, or with the only such name.</summary>
    /// <exception cref="ProblemException">There is none, or more than one.</exception>
    public Job Find(string text) => Jobs.Find(text, $"{Table.Id.Words} of {Host.Name}");

    /// <summary>The plan that writes a draft, in place of a job or (null) as a new one.</summary>
    /// <exception cref="ProblemException">The draft cannot be written: what <see cref="Preview"/> says.</exception>
    public ChangePlan Plan(JobDraft draft, Job? job = null, string reason = "")
    {
        JobPreview preview = Preview(draft, job);
        if (preview.Problem is { } problem)
        {
            throw new ProblemException($"{Host.Name}: {problem}", preview.Hint ?? "");
        }

        string id = job is null || (draft.Wrapped ?? job.IsManaged) ? IdOf(draft, job) : job.Id;
        bool wrapped = IsWrapped(draft, job);
        string what = wrapped ? $"job {id}" : $"job \"{draft.Name ?? draft.Command}\"";
        return MakePlan(Write(draft, job, Command(draft, job)), $"{(job is null ? "add" : "edit")} {what}", wrapped ? id : null, reason, preview.Warnings);
    }

    /// <exception cref="ProblemException">The daemon would ignore the table.</exception>
    private ChangePlan MakePlan(CrontabDocument after, string description, string? jobId, string reason, IReadOnlyList<string>? warnings = null)
    {
        byte[] bytes = after.ToBytes();
        if (SystemTables.Refusal(Table.Id, Table.Dialect, Table.Exists ? Table.Bytes.ToArray() : null, bytes) is { } refusal)
        {
            throw new ProblemException($"{Host.Name}: {refusal.Message}", refusal.Hint);
        }

        return new ChangePlan
        {
            Host = Host.Name,
            Table = Table.Id,
            IsOwnTable = IsOwnTable,
            Existed = Table.Exists,
            Before = Table.Bytes,
            After = bytes,
            Description = description,
            Warnings = SystemTables.Objection(Table.Id, Table.Dialect, bytes) is { } objection ? [objection, .. warnings ?? []] : warnings ?? [],
            JobId = jobId,
            Reason = reason,
            IsProduction = Host.IsProduction,
        };
    }

    /// <summary>An edit replaces the parts that differ and leaves the blanks between them as they are.</summary>
    private CrontabDocument Write(JobDraft draft, Job? job, byte[] command)
    {
        string schedule = draft.Schedule.Trim();
        string? name = string.IsNullOrWhiteSpace(draft.Name) ? null : draft.Name.Trim();
        if (job is null)
        {
            if (_document.IsSystem && draft.User is null)
            {
                throw new ProblemException($"An entry of {Table.Id} names the user that runs it", "Say which user");
            }

            return _document.Add(new EntryText(schedule, command, _document.IsSystem ? draft.User : null, name) { Tags = draft.Tags ?? [] });
        }

        EntryLine old = EntryOf(job);
        CrontabDocument after = _document;
        if (schedule != old.Schedule.Text)
        {
            after = after.ReplaceSchedule(old, schedule);
        }

        if (!_document.Slice(old.CommandSpan).SequenceEqual(command))
        {
            after = after.ReplaceCommand((EntryLine)after.Lines[old.Number - 1], command);
        }

        if (draft.User is { } user && user != old.User)
        {
            after = after.ReplaceUser((EntryLine)after.Lines[old.Number - 1], user);
        }

        return after.Mark((EntryLine)after.Lines[old.Number - 1], name, draft.Tags ?? old.Tags);
    }

    private byte[] Command(JobDraft draft, Job? job)
    {
        if (string.IsNullOrWhiteSpace(draft.Command))
        {
            throw new ProblemException("A job needs a command");
        }

        // An edit that leaves the command as it is leaves its bytes as they are, those too that are no text.
        bool sameCommand = job is not null && draft.Command == job.Command;
        CronCommand? old = job?.Entry is { } entry ? _document.Command(entry) : null;
        ReadOnlyMemory<byte> shell = sameCommand ? job!.Wrapped?.Command ?? old!.Shell : System.Text.Encoding.UTF8.GetBytes(draft.Command);
        byte[]? input = job?.Wrapped is { } before ? before.RawInput : old?.RawInput;
        if (!IsWrapped(draft, job))
        {
            if (draft.Flags is { Count: > 0 } given && job?.Wrapped is null)
            {
                throw new ProblemException(
                    $"{string.Join(' ', given)}: the agent does not run this job, and nothing else heeds that", job is null ? "Install the agent on the host" : "Adopt the job first");
            }

            if (job?.Wrapped is { } taken)
            {
                Adoption.RequireSameShell(_document, EntryOf(job), taken);
            }

            return sameCommand && !job!.IsManaged ? _document.Slice(job.Entry!.CommandSpan).ToArray() : CronCommand.Escape(shell.Span, Table.Dialect, input);
        }

        IReadOnlyList<string> flags = draft.Flags ?? job?.Wrapped?.Flags ?? [];
        if (sameCommand && job!.Wrapped is { IsCutAtPercent: false } same && IdOf(draft, job) == same.JobId && flags.SequenceEqual(same.Flags))
        {
            return _document.Slice(EntryOf(job).CommandSpan).ToArray();
        }

        string id = CheckId(IdOf(draft, job), job);
        // Asked for a job that is wrapped already too: it is the shell that cron starts that reads the quotes.
        string tableShell = Adoption.ShellOf(_document, job?.Entry);
        return CommandWrapper.Wrap(job?.Wrapped is { } wrapped
            ? wrapped with { JobId = id, Flags = flags, Command = shell }
            : new WrappedCommand(AgentPath(draft.User ?? job?.User), id, Facts.SocketPath, flags, shell)
            {
                Shell = tableShell,
                RawInput = input,
            }, Table.Dialect);
    }

    private bool IsWrapped(JobDraft draft, Job? job) => draft.Wrapped ?? job?.IsManaged ?? Facts.HasAgent;

    private string IdOf(JobDraft draft, Job? job) => draft.JobId ?? job?.Wrapped?.JobId ?? NewId(draft.Name ?? draft.Command);

    private string NewId(string words) => JobId.Create(words, Convert.FromHexString(_newIdSuffix));

    private string CheckId(string id, Job? job) =>
        !JobId.IsValid(id) ? throw new ProblemException($"\"{Ssh.Plain.Text(id)}\" cannot be a job's id", "Letters, digits, dot, underscore and hyphen, 64 at most, a letter or digit first")
        : Jobs.Jobs.Any(other => other.Wrapped?.JobId == id && other.LineNumber != job?.LineNumber) ? throw new ProblemException($"There is a job {id} already in this table", "Choose another id")
        : id;

    /// <param name="user">The user of the entry; null for the table's.</param>
    /// <exception cref="ProblemException">There is no agent that takes that user's reports.</exception>
    private string AgentPath(string? user)
    {
        string runsAs = user ?? Table.Id.Name;
        return Facts.AgentPath is not { } path ? throw new ProblemException($"{Host.Name} has no agent, so nothing there could report the runs", $"cc-console agent install {Host.Name}; or write the job without the wrapper")
            : runsAs != Facts.User && Facts.SocketPath?.StartsWith(UserSocket, StringComparison.Ordinal) == true ? throw new ProblemException(
                $"The agent on {Host.Name} is {Facts.User}'s own and takes no reports of {runsAs}", "Run the agent as root for the whole host, or write the job without the wrapper")
            : path;
    }

    private EntryLine EntryOf(Job job) => job.Entry is { } entry && entry.Number <= _document.Lines.Count && ReferenceEquals(_document.Lines[entry.Number - 1], entry)
        ? entry
        : job.Entry is null
            ? throw new ProblemException($"Line {job.LineNumber} does not parse: {job.Problem}", "Correct it with $EDITOR (crontab -e on the host)")
            : throw new ArgumentException("The job belongs to another reading of the table.", nameof(job));

    private EntryLine Entry(CrontabDocument after, Job? job)
    {
        if (job?.Entry is null)
        {
            return (EntryLine)after.Lines[^1];
        }

        int shift = after.Lines.Count - _document.Lines.Count;
        return (EntryLine)after.Lines[job.LineNumber - 1 + shift];
    }

    private DraftField FieldOf(JobDraft draft) =>
        string.IsNullOrWhiteSpace(draft.Command) || draft.Command.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0 ? DraftField.Command
        : draft.Name?.Any(char.IsControl) == true ? DraftField.Name
        : _document.IsSystem && string.IsNullOrWhiteSpace(draft.User) ? DraftField.User
        : draft.JobId is { } id && (!JobId.IsValid(id) || Jobs.Jobs.Any(job => job.Wrapped?.JobId == id)) ? DraftField.JobId
        : DraftField.Command;
}
