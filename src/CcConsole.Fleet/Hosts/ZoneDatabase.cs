namespace CcConsole.Fleet.Hosts;

/// <summary>This machine's TZ database.</summary>
public static class ZoneDatabase
{
    /// <summary>The zone of a name such as <c>Europe/Berlin</c>; null when the database has none.</summary>
    public static TimeZoneInfo? Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;
}
