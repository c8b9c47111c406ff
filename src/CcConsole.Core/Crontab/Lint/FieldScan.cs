using System.Text;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>One element of a field's list, as it is written.</summary>
/// <param name="Start">Where it begins, in the field's bytes.</param>
/// <param name="Length">Its length.</param>
/// <param name="IsStar">True for <c>*</c>.</param>
/// <param name="IsRange">True for <c>a-b</c>.</param>
/// <param name="First">The first value; the field's lowest for a star.</param>
/// <param name="Last">The last value.</param>
/// <param name="Step">The step; 1 when none is written.</param>
/// <param name="Digits">The most digits that a number of it has.</param>
internal readonly record struct FieldPart(int Start, int Length, bool IsStar, bool IsRange, int First, int Last, int Step, int Digits);

/// <summary>Walks the list of a field that the daemon has accepted, and stops where debian stops reading.</summary>
internal ref struct FieldScan(ReadOnlySpan<byte> field, LineFault kind)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private readonly ReadOnlySpan<byte> _field = field;
    private int _digits;
    private bool _isOver;

    /// <summary>Where the scan has stopped; the field's length when all of it was read.</summary>
    public int End { get; private set; }

    /// <summary>The lowest and the highest value of a field.</summary>
    public static (int Low, int High) Bounds(LineFault kind) => kind switch
    {
        LineFault.Minute => (0, 59),
        LineFault.Hour => (0, 23),
        LineFault.DayOfMonth => (1, 31),
        LineFault.Month => (1, 12),
        _ => (0, 7),
    };

    public static string NameOf(LineFault kind) => kind switch
    {
        LineFault.Minute => "minute",
        LineFault.Hour => "hour",
        LineFault.DayOfMonth => "day of the month",
        LineFault.Month => "month",
        _ => "day of the week",
    };

    public bool TryNext(out FieldPart part)
    {
        part = default;
        if (_isOver)
        {
            return false;
        }

        var start = End;
        var (low, high) = Bounds(kind);
        var (first, last, step) = (low, high, 1);
        _digits = 0;
        var isStar = Current == '*';
        var isRange = false;
        if (isStar)
        {
            End++;
        }
        else if (Current != '~')
        {
            first = last = Number();
            isRange = Current == '-';
            if (isRange)
            {
                End++;
                last = Number();
            }
        }

        if (Current == '/' && (isStar || isRange))
        {
            End++;
            step = Number();
        }

        part = new(start, End - start, isStar, isRange, first, last, step, _digits);
        if (Current == ',')
        {
            End++;
        }
        else
        {
            _isOver = true;
        }

        return true;
    }

    private readonly int Current => End < _field.Length ? _field[End] : -1;

    private int Number()
    {
        var start = End;
        long value = 0;
        while (End < _field.Length && char.IsAsciiLetterOrDigit((char)_field[End]))
        {
            value = Math.Min(int.MaxValue, (value * 10) + _field[End++] - '0');
        }

        var text = _field[start..End];
        if (text.IsEmpty || char.IsAsciiDigit((char)text[0]))
        {
            _digits = Math.Max(_digits, text.Length);
            return (int)Math.Max(0, value);
        }

        var name = Encoding.ASCII.GetString(text).ToLowerInvariant();
        return kind == LineFault.Month ? Array.IndexOf(Months, name) + 1 : Array.IndexOf(Days, name);
    }
}
