using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Jobs;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Terminal;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>
/// One job as a form, and at every key what becomes of it: the meaning, the next runs, the exact line. Nothing is written before
/// the plan was reviewed; a table that someone else changed meanwhile is read again first.
/// </summary>
internal sealed class EditorScreen : Screen
{
    /// <summary>From this width the preview stands beside the form.</summary>
    private const int BesideFrom = 100;

    /// <summary>Rows of the form where the preview stands below it.</summary>
    private const int FormRows = 10;

    private readonly TextField _name = new("Name");
    private readonly TextField _tags = new("Tags");
    private readonly TextField _schedule = new("Schedule");
    private readonly TextField _user = new("User");
    private readonly TextField _command = new("Command");
    private readonly CheckField _managed = new("Reports", "run by the agent's wrapper, so that each run is reported");
    private readonly Form _form;
    private readonly EditorPreview _preview = new();
    private readonly JobDraft _original;
    private JobEditor _table;
    private Job? _job;
    private bool _leaving;

    /// <param name="shell">Everything around it.</param>
    /// <param name="table">The table as it was just read.</param>
    /// <param name="job">The job to edit; null for a new one.</param>
    public EditorScreen(Shell shell, JobEditor table, Job? job)
        : base(shell)
    {
        (_table, _job) = (table, job);
        Title = job is null ? "new job" : $"edit {JobLabel.Short(job)}";
        _original = job is null
            ? new JobDraft { Schedule = "", Command = "", Wrapped = table.Facts.HasAgent, User = table.Table.Id.IsSystem ? "root" : null }
            : JobDraft.From(job);
        _name.Input.Text = _original.Name ?? "";
        _tags.Input.Text = string.Join(' ', _original.Tags ?? []);
        _tags.Input.Placeholder = "words to filter by, with spaces between";
        _user.Input.Text = _original.User ?? "";
        _user.Input.Placeholder = "who runs it";
        _schedule.Input.Text = _original.Schedule;
        _schedule.Input.Placeholder = "minute hour day-of-month month day-of-week, or @daily";
        _command.Input.Text = _original.Command;
        _command.Input.Placeholder = "as you would type it in a shell";
        _managed.Checked = _original.Wrapped ?? false;
        _managed.Disabled = !table.Facts.HasAgent && !_managed.Checked;
        _managed.Note = _managed.Disabled ? "the host has no agent" : null;
        _name.Input.Changed = _tags.Input.Changed = _schedule.Input.Changed = _user.Input.Changed = _command.Input.Changed = _managed.Changed = Preview;
        _form = table.Table.Id.IsSystem
            ? new Form(_name, _schedule, _user, _command, _tags, _managed) { FocusIndex = 1 }
            : new Form(_name, _schedule, _command, _tags, _managed) { FocusIndex = 1 };
        Preview();
    }

    /// <inheritdoc/>
    public override string Title { get; }

    /// <inheritdoc/>
    public override string? Host => _table.Host.Name;

    /// <inheritdoc/>
    public override bool TakesText => true;

    /// <summary>Whether something was changed that is not written.</summary>
    public bool IsChanged => !_leaving && Draft is var draft
        && ((draft.Name ?? "") != (_original.Name ?? "") || draft.Schedule != _original.Schedule || draft.Command != _original.Command
            || draft.Wrapped != (_original.Wrapped ?? false) || (draft.User ?? "") != (_original.User ?? "") || !draft.Tags!.SequenceEqual(_original.Tags ?? []));

    /// <summary>Whether someone else has changed the table since it was read.</summary>
    public bool IsOutdated { get; private set; }

    /// <inheritdoc/>
    public override (string What, string Hint)? WhyStay =>
        IsChanged ? ("the editor holds changes that are not written", "Ctrl+S writes them, Esc leaves the editor.") : null;

    /// <summary>Why the draft cannot be written now; null when it can.</summary>
    public string? WhyNotSave => Shell.WhyReadOnly ?? (IsOutdated ? "the table was changed on the host meanwhile: Ctrl+R shows it and reads it again" : null) ?? _preview.Shown.Problem ?? (_job is not null && !IsChanged ? "nothing was changed" : null);

    /// <summary>Why the command cannot be opened in an editor; null when it can.</summary>
    public string? WhyNoEditor => Shell.Settings.Editor is null ? "neither VISUAL nor EDITOR is set" : null;

    private JobDraft Draft => _original with
    {
        Name = string.IsNullOrWhiteSpace(_name.Input.Text) ? null : _name.Input.Text,
        Schedule = _schedule.Input.Text,
        Command = _command.Input.Text,
        Wrapped = _managed.Checked,
        Tags = _tags.Input.Text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries),
        User = _table.Table.Id.IsSystem ? _user.Input.Text.Trim() : null,
    };

    /// <summary>Reviews the plan, applies it, and leaves; after a conflict the table is read again and the draft stays.</summary>
    public void Save() => Shell.Operations.Start($"{_table.Host.Name}: changing the table", async stop =>
    {
        var result = await ChangeReview.RunAsync(Shell, _table.Plan(Draft, _job), stop);
        if (result is null)
            return;
        if (result.IsApplied)
        {
            var written = WrittenJob.KeyOf(_table, result.Plan);
            Leave();
            if (written is not null && Shell.Top is JobsScreen jobs)
                jobs.SelectSoon(written);
            return;
        }
        if (result.IsConflict)
            await ReadAgainAsync(stop);
    });

    /// <summary>Shows what someone else has made of the table beside what was read and what is written here, and reads it again; the draft stays.</summary>
    public void ReadAgain() => Shell.Operations.Start($"{_table.Host.Name}: reading the table", async stop =>
    {
        var now = await Shell.Fleet.Jobs.OpenAsync(_table.Host.Name, _table.Table.Id, stop);
        if (!now.Table.Bytes.Span.SequenceEqual(_table.Table.Bytes.Span) && _preview.Shown.Problem is null)
            await ChangeReview.ShowConflictAsync(Shell, _table.Plan(Draft, _job), now.Table.Bytes, "Nothing is written yet.");
        Take(now);
    });

    /// <inheritdoc/>
    public override void Update()
    {
        var known = Shell.Fleet.Cache.Hosts.Tables(_table.Host.Name).FirstOrDefault(table => table.Name == _table.Table.Id.Name);
        var outdated = known is not null && known.ReadAt >= _table.Table.ReadAt && !known.Bytes.Span.SequenceEqual(_table.Table.Bytes.Span);
        if (outdated == IsOutdated)
            return;
        IsOutdated = outdated;
        if (outdated)
            Shell.Toasts.Fail($"{_table.Table.Id.Words} on {_table.Host.Name} was changed on the host meanwhile", "Ctrl+R shows it beside what was read and what is written here, and reads it again.");
        Shell.ChromeChanged();
    }

    /// <summary>Opens the command in the person's editor.</summary>
    public void EditCommand()
    {
        if (Shell.Settings.Editor is not { } editor)
            return;
        // A temporary file is made with mode 0600 (mkstemp(3)): a command can hold secrets.
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, _command.Input.Text + "\n");
            var exit = Shell.Application.Outside(() => ForegroundCommand.Run(editor, file));
            if (exit != 0)
            {
                Shell.Toasts.Fail($"{editor} ended with exit code {exit}: the command stays as it was");
                return;
            }
            _command.Input.Text = File.ReadAllText(file).TrimEnd('\n');
            Preview();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Shell.Toasts.Fail($"the command could not be handed to {editor}: {e.Message}", "It stays as it was.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public override bool Back()
    {
        if (!IsChanged)
            return false;
        AskToLeave();
        return true;
    }

    /// <inheritdoc/>
    public override void Draw(Canvas canvas)
    {
        var area = canvas.Area;
        var bottom = area.BottomRows(Math.Clamp(_preview.LineRows(canvas.Width), 3, Math.Max(3, canvas.Height / 3)));
        var above = area.WithoutBottom(bottom.Height + 1);
        if (canvas.Width >= BesideFrom)
        {
            var left = above.Left(canvas.Width * 3 / 5);
            _form.Draw(canvas.Sub(left.Inset(1, 0)));
            canvas.Fill(above.WithoutLeft(left.Width).Left(1), canvas["border"], canvas.Glyphs.Vertical);
            _preview.DrawMeaning(canvas.Sub(above.WithoutLeft(left.Width + 2)));
        }
        else
        {
            var form = Math.Min(FormRows, above.Height / 2);
            _form.Draw(canvas.Sub(above.Top(form).Inset(1, 0)));
            _preview.DrawMeaning(canvas.Sub(above.WithoutTop(form).Inset(1, 0)));
        }
        _preview.DrawLine(canvas.Sub(bottom with { Y = bottom.Y - 1, Height = bottom.Height + 1 }));
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input) => _form.Handle(input);

    private void Preview()
    {
        var draft = Draft;
        var preview = _table.Preview(draft, _job);
        var findings = DraftFindings.Of(_table, draft, preview);
        _preview.Show(preview, findings, _table, Shell.Ascii);
        var shown = _preview.Shown;
        var isStarted = _command.Input.Text.Length > 0 || _job is not null;
        Mark(_name, shown.Field == DraftField.Name ? shown.Problem : null, null);
        Mark(_schedule, shown.Field == DraftField.Schedule && _schedule.Input.Text.Length > 0 ? shown.Problem : null, Of(LintPart.Schedule));
        Mark(_user, shown.Field == DraftField.User ? shown.Problem : null, Of(LintPart.User));
        Mark(_command, shown.Field == DraftField.Command && isStarted ? shown.Problem : null, isStarted ? Of(LintPart.Command) : null);
        _managed.Error = shown.Field is DraftField.Wrapper or DraftField.JobId ? shown.Problem : null;

        LintFinding? Of(LintPart part) => findings.FirstOrDefault(finding => finding.Part == part && finding.Severity > LintSeverity.Note);
        Shell.ChromeChanged();
    }

    /// <summary>Marks the character at fault: what keeps the draft from being written, else what the linter says.</summary>
    private static void Mark(TextField field, string? problem, LintFinding? finding)
    {
        field.Error = problem ?? (finding?.Severity == LintSeverity.Error ? finding.Message : null);
        field.Warning = finding?.Severity == LintSeverity.Warning ? finding.Message : null;
        var text = field.Input.Text;
        field.FaultAt = finding is null ? 0 : DraftFindings.OffsetOf(text, finding.Column + text.Length - text.TrimStart().Length);
    }

    private async Task ReadAgainAsync(CancellationToken stop) => Take(await Shell.Fleet.Jobs.OpenAsync(_table.Host.Name, _table.Table.Id, stop));

    private void Take(JobEditor now)
    {
        (_table, IsOutdated) = (now, false);
        var found = _table.Jobs.Jobs.FirstOrDefault(job => job.Id == _job?.Id);
        if (_job is not null && found is null)
            Shell.Toasts.Fail($"the job {_job.Id} is not in the table any more", "Written now, it becomes a new job.");
        else
            Shell.Toasts.Show("read again: look at the line once more, Ctrl+S reviews it");
        _job = found;
        Preview();
    }

    private async void AskToLeave()
    {
        if (await Shell.AskAsync(new Question("Leave the editor?", "What was changed here is not written.", "Stay", "Leave")) == 2)
            Leave();
    }

    private void Leave()
    {
        _leaving = true;
        if (Shell.Top == this)
            Shell.BackTo(Shell.Screens.Count - 2);
    }
}
