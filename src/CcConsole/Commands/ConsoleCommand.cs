using CcConsole.Screens;
using CcConsole.Tui.Input;

namespace CcConsole.Commands;

/// <summary>
/// Something that a person can do. Each exists once: the keys, the hints of the footer, the help, the palette and the README's
/// table of keys are all made from these.
/// </summary>
internal sealed class ConsoleCommand
{
    private readonly Func<Screen, bool> _applies;
    private readonly Func<Screen, string?> _whyNot;
    private readonly Action<Screen> _run;

    private ConsoleCommand(Func<Screen, bool> applies, Func<Screen, string?> whyNot, Action<Screen> run) =>
        (_applies, _whyNot, _run) = (applies, whyNot, run);

    /// <summary>Its name for the palette, dotted: <c>job.pause</c>.</summary>
    public required string Id { get; init; }

    /// <summary>A word or two for the hints.</summary>
    public required string Name { get; init; }

    /// <summary>What it does: a sentence without a full stop.</summary>
    public required string Description { get; init; }

    /// <summary>Where it is at home.</summary>
    public required CommandArea Area { get; init; }

    /// <summary>Its keys, the one to show first; none for what only the palette and the help reach.</summary>
    public IReadOnlyList<Key> Keys { get; init; } = [];

    /// <summary>Whether the footer hints at it.</summary>
    public bool IsHinted { get; init; }

    /// <summary>The keys as hints and help show them, such as <c>?</c> or <c>F1</c>.</summary>
    public string KeyText => string.Join(' ', Keys.Select(key => key.ToString()));

    /// <summary>Whether it means anything on a screen.</summary>
    public bool AppliesTo(Screen screen) => _applies(screen);

    /// <summary>Why it cannot be done now; null when it can.</summary>
    public string? WhyNot(Screen screen) => _whyNot(screen);

    /// <summary>Does it.</summary>
    public void Run(Screen screen) => _run(screen);

    /// <summary>A command of one kind of screen.</summary>
    /// <param name="id">Its name for the palette.</param>
    /// <param name="keys">Its keys as <see cref="Key.Parse"/> reads them, with spaces between.</param>
    /// <param name="name">A word or two for the hints.</param>
    /// <param name="description">What it does.</param>
    /// <param name="area">Where it is at home.</param>
    /// <param name="run">Does it.</param>
    /// <param name="whyNot">Why it cannot be done now; null when it always can.</param>
    /// <param name="hint">Whether the footer hints at it.</param>
    /// <param name="when">Whether it means anything at all; null when it always does.</param>
    public static ConsoleCommand On<TScreen>(
        string id, string keys, string name, string description, CommandArea area, Action<TScreen> run, Func<TScreen, string?>? whyNot = null, bool hint = false,
        Func<TScreen, bool>? when = null)
        where TScreen : class =>
        new(
            screen => screen is TScreen here && when?.Invoke(here) != false,
            screen => screen is TScreen here ? whyNot?.Invoke(here) : "not on this screen",
            screen =>
            {
                if (screen is TScreen here)
                    run(here);
            })
        {
            Id = id,
            Name = name,
            Description = description,
            Area = area,
            Keys = [.. keys.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Key.Parse)],
            IsHinted = hint,
        };
}
