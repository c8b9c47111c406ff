namespace CcAgent.Journal;

/// <summary>Times as the journals have them: whole microseconds since 1970, UTC.</summary>
internal static class UnixMicros
{
    internal static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    internal static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
