using System.Text;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A run that was started from here: its output as it comes, and how it ended. Leaving it ends the run.</summary>
internal sealed class RunScreen : Screen, IListScreen
{
    private readonly JobEditor _table;
    private readonly Job _job;
    private readonly TextPane _output = new() { Follow = true, Wrap = true };
    private readonly long _started;
    private RunEnded? _ended;
    private string _state = "";
    private string _scope = "state.run";
    private bool _leaving;

    /// <param name="shell">Everything around it.</param>
    /// <param name="table">The table that the job stands in.</param>
    /// <param name="job">The job.</param>
    public RunScreen(Shell shell, JobEditor table, Job job)
        : base(shell)
    {
        (_table, _job) = (table, job);
        _started = shell.Application.Time.GetTimestamp();
        Title = $"run {JobLabel.Short(job)}";
        IsRunning = true;
        Tick();
        shell.Operations.Start($"{table.Host.Name}: running {JobLabel.Short(job)}", FollowAsync);
    }

    /// <inheritdoc/>
    public override string Title { get; }

    /// <inheritdoc/>
    public override string? Host => _table.Host.Name;

    /// <summary>Whether it has not ended yet.</summary>
    public bool IsRunning { get; private set; }

    /// <inheritdoc/>
    public override string? CopyText => _output.Count > 0 ? _output.Text : null;

    /// <inheritdoc/>
    public override (string What, string Hint)? WhyStay => IsRunning ? ($"{JobLabel.Short(_job)} still runs", "x stops it.") : null;

    /// <summary>Asks whether to run a job now; for a host with the tag prod its name has to be typed.</summary>
    public static async Task<bool> ConfirmAsync(Shell shell, JobEditor table, Job job)
    {
        var host = table.Host;
        var text = $"Run {JobLabel.Short(job)} on {host.Name} now, as {job.User ?? table.Table.Id.Name}?\n\n{job.Command}";
        var question = host.IsProduction
            ? new Question("Run now", $"{text}\n\n{host.Name} is tagged prod: type its name to confirm.", new TextInput(), host.Name, "Run", "Back")
            : new Question("Run now", text, "Run", "Back");
        return await shell.AskAsync(question) == 1;
    }

    /// <summary>Ends the run.</summary>
    public void Stop() => CancelWork();

    /// <inheritdoc/>
    public void OpenFilter() => Shell.Toasts.Fail("a run's output has no filter");

    /// <inheritdoc/>
    public void SwitchPane()
    {
        // There is one pane only.
    }

    /// <inheritdoc/>
    public void Feed(Key key) => _output.Handle(new KeyEvent(key));

    /// <inheritdoc/>
    public override void Draw(Canvas canvas)
    {
        canvas.DrawFit(0, 0, _state, canvas.Width, canvas[_scope]);
        _output.Draw(canvas.Sub(canvas.Area.WithoutTop(2)));
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input) => _output.Handle(input);

    /// <inheritdoc/>
    public override void Tick()
    {
        if (!IsRunning)
            return;
        var look = StatusLook.Of(Status.Running);
        (_state, _scope) = ($"{look.Shown(Shell.Ascii)} {TimeText.Duration(Shell.Application.Time.GetElapsedTime(_started))}  {_job.Command}", look.Scope);
    }

    /// <inheritdoc/>
    public override bool Back()
    {
        if (!IsRunning || _leaving)
            return false;
        AskToLeave();
        return true;
    }

    private async void AskToLeave()
    {
        if (await Shell.AskAsync(new Question("Stop the run?", $"{JobLabel.Short(_job)} still runs on {_table.Host.Name}. Leaving ends it (TERM, after 5 s KILL).", "Stop it", "Stay")) != 1)
            return;
        _leaving = true;
        Stop();
        if (Shell.Top == this)
            Shell.Back();
    }

    private async Task FollowAsync(CancellationToken cancelled)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancelled, Closing);
        var decoders = (Output: Encoding.UTF8.GetDecoder(), Error: Encoding.UTF8.GetDecoder());
        try
        {
            await foreach (var happened in Shell.Fleet.Jobs.RunAsync(_table, _job, both.Token))
            {
                if (happened is RunNote note)
                    _output.Append($"note: {note.Text}\n", "text.dim");
                else if (happened is RunOutput output)
                    _output.Append(Decode(output.IsError ? decoders.Error : decoders.Output, output.Bytes.Span), output.IsError ? "state.late" : null);
                else if (happened is RunEnded ended)
                    _ended = ended;
                Shell.Application.Invalidate();
            }
            End(_ended is { } end ? StatusLook.OfExit(end.ExitCode) : StatusLook.Of(Status.Unknown),
                _ended is { } e ? $"{(e.Signal is { } signal ? $"signal {signal}" : $"exit {e.ExitCode}")} after {TimeText.Duration(e.Duration)}" : "the host did not say how it ended");
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            End(StatusLook.Of(Status.Off), "stopped from here");
        }
        catch (ProblemException problem)
        {
            End(StatusLook.Of(Status.Fail), $"{problem.Message}{(problem.Hint.Length > 0 ? $" — {problem.Hint}" : "")}");
        }
    }

    private void End(StatusLook look, string how)
    {
        IsRunning = false;
        (_state, _scope) = ($"{look.Mark(Shell.Ascii)} {how}  {_job.Command}", look.Scope);
        Shell.ChromeChanged();
        Shell.Application.Invalidate();
    }

    private static string Decode(Decoder decoder, ReadOnlySpan<byte> bytes)
    {
        var chars = new char[decoder.GetCharCount(bytes, flush: false)];
        return new string(chars, 0, decoder.GetChars(bytes, chars, flush: false));
    }
}
