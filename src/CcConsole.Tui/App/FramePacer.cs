namespace CcConsole.Tui.App;

/// <summary>
/// When to draw: 30 frames a second at most in the long run. What a person does is drawn at once, out of a reserve
/// of a few frames; what happens by itself waits for its turn.
/// </summary>
internal sealed class FramePacer(TimeProvider time)
{
    /// <summary>The least time between two frames in the long run.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1) / 30;

    private const int Reserve = 4;

    private double _credit = Reserve;
    private long _last = time.GetTimestamp();
    private bool _drewBefore;

    public bool MayDraw(bool urgent) => NextDue(urgent) <= TimeSpan.Zero;

    /// <summary>The time until a frame may be drawn; zero for now.</summary>
    public TimeSpan NextDue(bool urgent)
    {
        var elapsed = time.GetElapsedTime(_last);
        if (!_drewBefore || elapsed >= Interval)
            return TimeSpan.Zero;
        if (urgent && _credit + elapsed / Interval >= 1)
            return TimeSpan.Zero;
        return Interval - elapsed;
    }

    public void Drawn()
    {
        _credit = Math.Clamp(_credit + time.GetElapsedTime(_last) / Interval - 1, 0, Reserve);
        _last = time.GetTimestamp();
        _drewBefore = true;
    }
}
