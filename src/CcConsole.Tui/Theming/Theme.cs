using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Theming;

/// <summary>
/// Styles by dotted scope. What a scope leaves out comes from the one above (<c>state.fail</c>, <c>state</c>), its
/// foreground and attributes at last from <c>text</c>. A ground comes only from the scope itself and those above it:
/// where none is given, the ground that was drawn before stays, so that a state looks right in a bar and in a list.
/// Each look-up is kept, so that drawing allocates nothing.
/// </summary>
public sealed class Theme
{
    private readonly IReadOnlyDictionary<string, ResolvedScope> _scopes;
    private readonly StyleTable _styles;
    private readonly ColorDepth _depth;
    private readonly Dictionary<string, StyleId> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StyleId> _overlays = new(StringComparer.Ordinal);

    internal Theme(string name, ThemeKind kind, IReadOnlyDictionary<string, ResolvedScope> scopes, StyleTable styles, ColorDepth depth)
    {
        Name = name;
        Kind = kind;
        _scopes = scopes;
        _styles = styles;
        _depth = depth;
    }

    /// <summary>The scopes that the kit and a complete theme know; an application can use further ones.</summary>
    public static IReadOnlyList<string> KnownScopes { get; } =
    [
        "text", "text.dim", "text.strong", "header", "header.readonly", "footer", "footer.key", "breadcrumb", "border",
        "title", "selection", "selection.inactive", "cursor", "input", "input.invalid", "match", "state.ok", "state.fail", "state.late",
        "state.run", "state.off", "state.offline", "state.unknown", "diff.add", "diff.remove", "diff.hunk", "toast.info",
        "toast.error", "verdict.ok", "verdict.bad", "verdict.stale", "button", "button.focus",
    ];

    /// <summary>The theme's name.</summary>
    public string Name { get; }

    /// <summary>The ground it is meant for.</summary>
    public ThemeKind Kind { get; }

    /// <summary>The style of text in a scope.</summary>
    public StyleId this[string scope]
    {
        get
        {
            if (!_found.TryGetValue(scope, out var id))
                _found[scope] = id = _styles.Intern(Find(scope));
            return id;
        }
    }

    /// <summary>What a scope itself says, to be laid over other styles: <see cref="StyleTable.Overlay"/>.</summary>
    public StyleId OverlayOf(string scope)
    {
        if (!_overlays.TryGetValue(scope, out var id))
            _overlays[scope] = id = _styles.Intern(Adapt(Own(scope)));
        return id;
    }

    /// <summary>The contrast ratio of a scope's text, 1 to 21 (WCAG 2.2, 1.4.3); null where a colour is the terminal's own.</summary>
    public double? ContrastOf(string scope)
    {
        var own = Own(scope);
        var text = Own("text");
        var foreground = own.Foreground ?? text.Foreground ?? Color.Default;
        var background = own.Background ?? text.Background ?? Color.Default;
        return foreground.ToRgb() is { } f && background.ToRgb() is { } b ? Contrast.Ratio(f, b) : null;
    }

    private Style Find(string scope)
    {
        var own = Own(scope);
        var text = Own("text");
        var style = Adapt(own with
        {
            Foreground = own.Foreground ?? text.Foreground ?? Color.Default,
            Attributes = own.Attributes ?? text.Attributes,
        });
        return scope == "text" && style.Background == Color.Unset ? style with { Background = Color.Default } : style;
    }

    /// <summary>What the scope and those above it say, <c>text</c> not being above any but its own.</summary>
    private ResolvedScope Own(string scope)
    {
        var found = new ResolvedScope();
        for (var at = scope; ; at = at[..at.LastIndexOf('.')])
        {
            if (_scopes.TryGetValue(at, out var style))
            {
                found = new ResolvedScope(
                    found.Foreground ?? style.Foreground,
                    found.Background ?? style.Background,
                    found.Attributes ?? style.Attributes);
            }
            if (!at.Contains('.'))
                return found;
        }
    }

    private Style Adapt(ResolvedScope scope)
    {
        var attributes = scope.Attributes ?? TextAttributes.None;
        // Without colours, what stood out by its ground stands out by reverse video.
        if (_depth == ColorDepth.None && scope.Background is { } ground && ground != (Own("text").Background ?? Color.Default))
            attributes |= TextAttributes.Reverse;
        return new Style(scope.Foreground ?? Color.Unset, scope.Background ?? Color.Unset, attributes);
    }
}
