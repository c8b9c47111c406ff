using System.Globalization;

namespace CcConsole.Verbs.Output;

/// <summary>Times as the verbs print them: with their offset, so that each names its zone.</summary>
internal static class TimeText
{
    public static string Short(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture) ?? "";

    public static string Seconds(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture) ?? "";
}
