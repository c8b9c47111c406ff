using System.Globalization;
using CcConsole.Tui.Theming;

namespace CcConsole.Screens;

/// <summary>The themes; the one under the cursor is shown at once, Esc goes back to the one before.</summary>
internal sealed class ThemePopup : PickerPopup
{
    /// <summary>Where the choice is remembered.</summary>
    public const string Preference = "theme";

    private readonly Shell _shell;
    private readonly string _before;

    public ThemePopup(Shell shell)
        : base("Theme", Items(shell), "Theme", "", "")
    {
        _shell = shell;
        _before = shell.Application.Theme.Name;
        Select(_before);
    }

    /// <inheritdoc/>
    protected override int Width => 34; // What the theme looks like is seen beside it.

    /// <summary>Uses a theme from now on.</summary>
    public static void Use(Shell shell, string name)
    {
        if (Try(shell, name))
            shell.Settings.Set(Preference, name);
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        base.Cancel();
        Try(_shell, _before);
    }

    /// <inheritdoc/>
    protected override void OnMoved(PickItem? item)
    {
        // The base class searches once before this one is there.
        if (item is null || _shell is null || !Try(_shell, item.Key))
            return;
        var theme = _shell.Application.Theme;
        var weak = Theme.KnownScopes
            .Select(scope => (Scope: scope, Ratio: theme.ContrastOf(scope)))
            .Where(scope => scope.Ratio is { } ratio && ratio < Contrast.Least && scope.Scope is not ("border" or "text.dim"))
            .ToList();
        if (weak.Count > 0)
            _shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"{item.Key}: contrast of {weak[0].Scope} is {weak[0].Ratio:0.0}, under {Contrast.Least}"));
    }

    private static bool Try(Shell shell, string name)
    {
        try
        {
            if (shell.Application.Theme.Name != name)
                shell.Application.UseTheme(name);
            return true;
        }
        catch (ThemeFormatException broken)
        {
            shell.Toasts.Fail(broken.Message, "The theme before stays.");
            return false;
        }
    }

    private static IReadOnlyList<PickItem> Items(Shell shell) =>
        [.. shell.Application.Themes.Names.Select(name => new PickItem(name, name, "", "", () => Use(shell, name)))];
}
