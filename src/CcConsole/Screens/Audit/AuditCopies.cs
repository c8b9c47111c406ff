using CcConsole.Core;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Screens;

/// <summary>
/// The copies that a screen shows, one host's or all hosts': their heads as they were read last, and the verdict on them. When a head
/// moves, nothing is claimed of it until it was verified here.
/// </summary>
internal sealed class AuditCopies
{
    /// <summary>Up to so many entries of all hosts are verified without being asked.</summary>
    private const long VerifiedUnasked = 3_000_000;

    private readonly Shell _shell;
    private readonly string? _host;
    private readonly AuditProofs _proofs;
    private readonly Action _read, _verified;
    private readonly CancellationToken _closing;
    private bool _takesIn;

    /// <param name="shell">Everything around them.</param>
    /// <param name="host">The host; null for all hosts.</param>
    /// <param name="read">Told on the UI thread when the heads were read, or could not be.</param>
    /// <param name="verified">Told on the UI thread when there is a new verdict on entries.</param>
    /// <param name="closing">The screen's end.</param>
    public AuditCopies(Shell shell, string? host, Action read, Action verified, CancellationToken closing)
    {
        (_shell, _host, _read, _verified, _closing) = (shell, host, read, verified, closing);
        _proofs = new AuditProofs(shell);
        Banner = AuditBanner.None(shell.Ascii);
    }

    /// <summary>Whose they are, in words.</summary>
    public string Name => _host ?? "all hosts";

    /// <summary>Their heads; none before they were read, or when nothing was pulled.</summary>
    public IReadOnlyList<ChainHead> Heads { get; private set; } = [];

    /// <summary>The verdict on them.</summary>
    public AuditBanner Banner { get; private set; }

    /// <summary>Whether the heads are being read.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Whether the heads are being read or the copies verified.</summary>
    public bool IsVerifying => IsReading || _proofs.IsRunning;

    /// <summary>What was found of a host's copy; null before it was verified here.</summary>
    public CopyVerification? Found(string host) => _proofs.Of(host);

    /// <summary>Looks whether a pull in the background has moved a head or met a contradiction, and verifies then what has come.</summary>
    public void Update()
    {
        if (!_takesIn && Heads.Any(head => head.Host == OwnChain.Name))
            _shell.Operations.Watch(TakeOwnInAsync, _closing);
        VerifyWhatMoved();
    }

    /// <summary>Reads the heads and verifies the copies.</summary>
    /// <param name="asked">Whether a person asked for it: then every line. Else what was not verified on this screen yet; very many entries of all hosts stay so, and it is said.</param>
    public void Verify(bool asked)
    {
        if (IsVerifying)
            return;
        _shell.Operations.Start($"{Name}: verifying every entry", async cancelled =>
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancelled, _closing);
            try
            {
                await ReadAsync(both.Token);
                if (_host is not null || asked || Heads.Sum(_proofs.Unverified) <= VerifiedUnasked)
                    await _proofs.VerifyAsync(Heads, again: asked, (done, all) => Show(AuditBanner.Verifying(done, all, _shell.Ascii)), both.Token);
                ShowVerdict();
                _verified();
            }
            catch (OperationCanceledException) when (both.IsCancellationRequested)
            {
                Show(AuditBanner.Cancelled(_shell.Ascii));
            }
            catch (ProblemException problem)
            {
                // Nothing was pulled yet, or the copy cannot be read: the banner is the place for it.
                Show(AuditBanner.Unread(problem.Message, AuditBanner.None(_shell.Ascii).Detail, _shell.Ascii));
            }
        });
    }

    /// <summary>The console's own chain is in no snapshot: what was added to it is looked for here.</summary>
    private async Task TakeOwnInAsync(CancellationToken stop)
    {
        _takesIn = true;
        try
        {
            await Task.Run(() => _shell.Fleet.Audit.Head(OwnChain.Name), stop);
        }
        finally
        {
            _takesIn = false;
        }
        VerifyWhatMoved();
    }

    private void VerifyWhatMoved()
    {
        if (Heads.Count > 0 && !IsVerifying && Heads.Any(HasChanged))
            Verify(asked: false);
        else
            ShowVerdict();
    }

    private bool HasChanged(ChainHead head)
    {
        var host = _shell.Snapshot.Host(head.Host);
        var own = head.Host == OwnChain.Name ? _shell.Fleet.Audit.State(head.Host) : null;
        return (own?.Head ?? host?.Head) is { } seen
            && ((seen.Copy, seen.Seq, seen.Hash, seen.Archived) != (head.Copy, head.Seq, head.Hash, head.Archived)
                || (_proofs.Of(head.Host) is { } found && (own is not null ? own.Conflict is not null : host!.HasConflict) != (found.Conflict is not null)));
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        IsReading = true;
        try
        {
            Heads = await Task.Run(() => _host is null ? _shell.Fleet.Audit.Heads() : [_shell.Fleet.Audit.Head(_host)], stop);
        }
        finally
        {
            IsReading = false;
            _read();
        }
    }

    private void ShowVerdict()
    {
        if (Heads.Count == 0 || IsVerifying)
            return;
        var zone = _shell.Application.Time.LocalTimeZone;
        if (_host is null)
            Show(AuditBanner.OfAll(Heads, _proofs, _shell, zone));
        else if (_proofs.Of(_host) is { } found)
            Show(AuditBanner.Of(found, _shell.Fleet.Audit.State(_host), _shell.Snapshot.Host(_host), _shell.Now, zone, _shell.Ascii));
    }

    private void Show(AuditBanner banner)
    {
        Banner = banner;
        _shell.ChromeChanged();
        _shell.Application.Invalidate();
    }
}
