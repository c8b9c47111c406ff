using CcConsole.Fleet;

namespace CcConsole.Verbs.Output;

/// <summary>A status as glyph and word: never colour alone.</summary>
internal static class StatusText
{
    public static string Of(Status status) => $"{Glyph(status)} {Word(status)}";

    public static char Glyph(Status status) => status switch
    {
        Status.Ok => '✓',
        Status.Fail => '✗',
        Status.Late => '!',
        Status.Running => '▶',
        Status.Off => '–',
        Status.Offline => '○',
        _ => '?',
    };

    public static string Word(Status status) => status switch
    {
        Status.Ok => "ok",
        Status.Fail => "fail",
        Status.Late => "late",
        Status.Running => "run",
        Status.Off => "off",
        Status.Offline => "offline",
        _ => "unknown",
    };
}
