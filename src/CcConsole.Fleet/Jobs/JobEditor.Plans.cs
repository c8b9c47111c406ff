using System.Globalization;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;

namespace CcConsole.Fleet.Jobs;

public sealed partial class JobEditor
{
    /// <summary>The plan that comments a job out, in a form that the console recognises.</summary>
    public ChangePlan PlanPause(Job job, string reason = "") => MakePlan(_document.Pause(EntryOf(job)), $"pause job {job.Id}", job.Id, reason);

    /// <summary>The plan that makes a paused job active again.</summary>
    public ChangePlan PlanResume(Job job, string reason = "") => MakePlan(_document.Resume(EntryOf(job)), $"resume job {job.Id}", job.Id, reason);

    /// <summary>The plan that removes a job, and the name above it.</summary>
    public ChangePlan PlanRemove(Job job, string reason = "") => MakePlan(_document.Remove(EntryOf(job)), $"remove job {job.Id}", job.Id, reason);

    /// <summary>
    /// The plan that puts the agent's wrapper around a job that was there before; the job sees no difference. A job that another
    /// program wraps gets ours in its place, and keeps its id.
    /// </summary>
    /// <param name="job">A job that the agent does not run.</param>
    /// <param name="jobId">Its id in reports; null for the one that it has, or one made from its name or command.</param>
    /// <param name="flags">Further arguments of the wrapper; null for those of the wrapper that is there.</param>
    /// <param name="reason">Why, in the person's words.</param>
    /// <param name="mend">Whether a line of another wrapper that cron cuts at a <c>%</c> is written so that the job runs as it was meant.</param>
    /// <exception cref="ProblemException">The host has no agent, or the entry cannot be wrapped without a difference.</exception>
    public ChangePlan PlanAdopt(Job job, string? jobId = null, IReadOnlyList<string>? flags = null, string reason = "", bool mend = false)
    {
        EntryLine entry = EntryOf(job);
        if (job.Wrapped is not { } wrapped)
        {
            string id = CheckId(jobId ?? NewId(job.Name ?? job.Command), null);
            CrontabDocument adopted = Adoption.Adopt(_document, entry, AgentPath(job.User), id, Facts.SocketPath, flags ?? []);
            return MakePlan(adopted, $"adopt job {id}", id, reason);
        }

        string kept = CheckId(jobId ?? wrapped.JobId, job);
        CrontabDocument after = Adoption.Import(_document, entry, AgentPath(job.User), Facts.SocketPath, kept, mend, flags);
        IReadOnlyList<string> unknown = WrapperFlags.Part(wrapped.Flags).Unknown;
        List<string> warnings = [$"The line was wrapped by {wrapped.AgentPath}; a release gives its command back, not that wrapper"];
        warnings.AddRange(unknown.Count == 0 ? [] : [$"{string.Join(' ', unknown)} is left out: the agent does not know it"]);
        warnings.AddRange(wrapped.IsCutAtPercent ? ["Until now cron has cut the line at its %: the job will run as it was meant for the first time"] : []);
        return MakePlan(after, $"adopt job {kept}", kept, reason, warnings);
    }

    /// <summary>The plan that takes the wrapper off again: for an adopted job, the original line.</summary>
    public ChangePlan PlanRelease(Job job, string reason = "") =>
        MakePlan(Adoption.Release(_document, EntryOf(job)), $"release job {job.Id}", job.Id, reason);

    /// <summary>The plan that writes a second job below one, with its schedule, command and tags, and an id of its own.</summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The copy's name; null for the name of the job with "(copy)" after it, if it has one.</param>
    /// <param name="jobId">The copy's id; null for a new one.</param>
    /// <param name="reason">Why, in the person's words.</param>
    public ChangePlan PlanDuplicate(Job job, string? name = null, string? jobId = null, string reason = "")
    {
        EntryLine entry = EntryOf(job);
        name ??= job.Name is { } old ? $"{old} (copy)" : null;
        string? id = job.IsManaged ? CheckId(jobId ?? NewId(name ?? job.Command), null) : null;
        byte[] command = job.Wrapped switch
        {
            null => _document.Slice(entry.CommandSpan).ToArray(),
            { IsCutAtPercent: true } => throw new ProblemException($"cron cuts line {entry.Number} at a % within its quotes", "Mend it first: job adopt --mend"),
            { } wrapped => CommandWrapper.Wrap(wrapped with { JobId = id! }, Table.Dialect),
        };
        return MakePlan(_document.Duplicate(entry, name, command), $"duplicate job {job.Id}{(id is null ? "" : $" as {id}")}", id, reason,
            job.State == JobState.Active ? ["Both run at the same times until one is edited"] : []);
    }

    /// <summary>The plan that sets an environment variable of the table, or changes or (null) removes the line that sets it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, without quotes; null to remove the line.</param>
    /// <param name="line">The line that is meant, where several set it; null for the only one.</param>
    /// <param name="above">Adds a line above this job instead, for it and those below.</param>
    /// <param name="reason">Why, in the person's words.</param>
    /// <exception cref="ProblemException">Several lines set it, none does, or the daemon has no notation for the value.</exception>
    public ChangePlan PlanVariable(string name, string? value, int? line = null, Job? above = null, string reason = "")
    {
        List<VariableLine> set = [.. _document.Lines.OfType<VariableLine>().Where(variable => variable.Name == name && (line is null || variable.Number == line))];
        string what = $"{(value is null ? "unset" : "set")} {name}";
        if (value is not null && above is not null)
        {
            return MakeVariablePlan(_document.AddVariable(above.LineNumber, name, value), name, what, reason);
        }

        if (set.Count > 1)
        {
            throw new ProblemException($"{Table.Id.Words} sets {name} {set.Count} times: in the lines {string.Join(", ", set.Select(each => each.Number))}", "Say which line is meant");
        }

        if (set.Count == 0 && (value is null || line is not null))
        {
            throw new ProblemException(line is { } number ? $"Line {number} of {Table.Id.Words} does not set {name}" : $"{Table.Id.Words} does not set {name}", "job env list shows what is set");
        }

        return MakeVariablePlan(
            set.Count == 0 ? _document.AddVariable(null, name, value!) : value is null ? _document.Remove(set[0]) : _document.SetVariable(set[0], value), name, what, reason);
    }

    /// <summary>The plan that writes a comment line.</summary>
    /// <param name="text">With or without its <c>#</c>.</param>
    /// <param name="before">The number of the line that it shall stand above; null for the table's end.</param>
    /// <param name="reason">Why, in the person's words.</param>
    public ChangePlan PlanComment(string text, int? before = null, string reason = "")
    {
        if (before is < 1 || before > _document.Lines.Count + 1)
        {
            throw new ProblemException($"{Table.Id.Words} has {_document.Lines.Count} lines", "Give the number of one of them");
        }

        return MakePlan(_document.AddComment(before ?? _document.Lines.Count + 1, text), "add a comment", null, reason);
    }

    /// <summary>The plan that puts another text into a comment line, or (null) removes it.</summary>
    public ChangePlan PlanCommentChange(int line, string? text, string reason = "")
    {
        CommentLine comment = line >= 1 && line <= _document.Lines.Count && _document.Lines[line - 1] is CommentLine found
            ? found
            : throw new ProblemException($"Line {line} of {Table.Id.Words} is no comment", "job comment list shows the comments");
        return text is null
            ? MakePlan(_document.Remove(comment), $"remove the comment in line {line}", null, reason)
            : MakePlan(_document.ChangeComment(comment, text), $"change the comment in line {line}", null, reason);
    }

    private ChangePlan MakeVariablePlan(CrontabDocument after, string name, string description, string reason)
    {
        // The entries are the same ones in the same order: only a variable differs.
        List<(Job Job, EntryLine Entry)> affected = [];
        foreach (((Job job, string? before), (EntryLine entry, string? now)) in
            Jobs.Jobs.Where(job => job.Entry is not null).Zip(Values(_document, name), (job, value) => (job, value.Value)).Zip(Values(after, name)))
        {
            if (before != now)
            {
                affected.Add((job, entry));
            }
        }

        if (name == "SHELL" && affected.FirstOrDefault(each => each.Job.IsManaged) is { Entry: { } wrapped })
        {
            Adoption.ShellOf(after, wrapped);
        }

        int managed = name == "SHELL" ? affected.Count(each => each.Job.IsManaged) : 0;
        List<string> warnings = affected.Count == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{name} changes for {Count(affected.Count)}: {Some(affected.Select(each => each.Job.Name ?? each.Job.Id))}")];
        warnings.AddRange(managed == 0 ? [] : [$"The wrapper names the shell itself: {Count(managed)} will run in the same shell as before"]);
        return MakePlan(after, description, null, reason, warnings);
    }

    /// <summary>The value of a variable for each entry, in the order of the table.</summary>
    private static IEnumerable<(EntryLine Entry, string? Value)> Values(CrontabDocument table, string name)
    {
        string? value = null;
        foreach (CrontabLine line in table.Lines)
        {
            if (line is VariableLine variable && variable.Name == name)
            {
                value = variable.Value;
            }
            else if (line is EntryLine entry)
            {
                yield return (entry, value);
            }
        }
    }

    private static string Count(int jobs) => jobs == 1 ? "1 job" : string.Create(CultureInfo.InvariantCulture, $"{jobs} jobs");

    private static string Some(IEnumerable<string> names)
    {
        List<string> first = [.. names.Take(6)];
        return first.Count == 6 ? string.Join(", ", first.Take(5)) + " …" : string.Join(", ", first);
    }
}
