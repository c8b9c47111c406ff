using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CcConsole.Core.Crontab.Discovery;

/// <summary>Reads what systemctl tells of timers: list-timers with times in UTC, and the properties of the timers and of what they start.</summary>
internal static partial class SystemdTimers
{
    public static List<SystemdTimer> Read(DiscoveryFrame frame, string user, List<DiscoveryGap> gaps)
    {
        var timers = new List<SystemdTimer>();
        foreach (var manager in frame.Timers)
        {
            var owner = manager.IsOwn ? user : null;
            if (!manager.Answered)
            {
                gaps.Add(new(owner is null ? "systemd timers" : $"systemd timers of {owner}", $"systemctl failed{(manager.Error.Length > 0 ? $": {manager.Error}" : "")}", "Look at it on the host: systemctl list-timers --all"));
                continue;
            }

            var units = Units(manager.Parts.GetValueOrDefault("timer-units"));
            var services = Units(manager.Parts.GetValueOrDefault("service-units"));
            foreach (var line in Text(manager.Parts.GetValueOrDefault("list")).Split('\n'))
            {
                if (UnitsOfLine().Match(line) is { Success: true } match)
                {
                    timers.Add(Timer(line, match, owner, units, services));
                }
            }
        }

        if (frame.Managers.Length > 0)
        {
            gaps.Add(new("systemd timers of other users", $"users have service managers of their own (uid {frame.Managers.Replace(" ", ", ", StringComparison.Ordinal)}), whose timers are not shown", "Connect as that user to see them"));
        }

        return timers;
    }

    private static SystemdTimer Timer(string line, Match match, string? owner, Dictionary<string, ILookup<string, string>> units, Dictionary<string, ILookup<string, string>> services)
    {
        var name = match.Groups[1].Value;
        var unit = units.GetValueOrDefault(name);
        var activates = match.Groups[2].Value is { Length: > 0 } listed ? listed : unit?["Unit"].FirstOrDefault() ?? "";
        var service = services.GetValueOrDefault(activates);
        var times = Moment().Matches(line);
        var begins = times.Count > 0 && times[0].Index == 0;
        var triggers = (unit?["TimersCalendar"] ?? []).Concat(unit?["TimersMonotonic"] ?? [])
            .Select(static text => text.Trim('{', ' ').Split(" ; ")[0].Trim(' ', '}')).Where(static text => text.Length > 0);
        var (active, state) = (unit?["ActiveState"].FirstOrDefault() ?? "", unit?["UnitFileState"].FirstOrDefault() ?? "");
        return new SystemdTimer(
            name, activates, owner, Words(unit?["Description"].FirstOrDefault() ?? ""), [.. triggers.Select(Words)],
            begins ? Time(times[0]) : null, times.Count > (begins ? 1 : 0) ? Time(times[begins ? 1 : 0]) : null,
            string.Join("; ", (service?["ExecStart"] ?? []).Select(Command)),
            Words(service?["User"].FirstOrDefault() is { Length: > 0 } user ? user : owner ?? "root"),
            state.StartsWith("masked", StringComparison.Ordinal) ? "it is masked"
            : active is "" or "active" or "activating" or "reloading" ? null
            : $"the timer is {Words(active)}{(state == "disabled" ? ", and disabled" : "")}");
    }

    /// <summary><c>{ path=/bin/x ; argv[]=/bin/x -y ; ignore_errors=no ; … }</c></summary>
    private static string Command(string text)
    {
        var start = text.IndexOf("argv[]=", StringComparison.Ordinal);
        var end = text.IndexOf(" ; ignore_errors=", StringComparison.Ordinal);
        return Words(start >= 0 && end > start ? text[(start + 7)..end] : text);
    }

    /// <summary>Blocks of <c>Name=value</c>, an empty line between them; a name may come again.</summary>
    private static Dictionary<string, ILookup<string, string>> Units(byte[]? text)
    {
        var units = new Dictionary<string, ILookup<string, string>>();
        foreach (var block in Text(text).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var members = block.Split('\n').Where(static line => line.Contains('=', StringComparison.Ordinal))
                .ToLookup(static line => line[..line.IndexOf('=', StringComparison.Ordinal)], static line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            if (members["Id"].FirstOrDefault() is { } id)
            {
                units[id] = members;
            }
        }

        return units;
    }

    private static DateTimeOffset? Time(Match match) =>
        DateTimeOffset.TryParseExact(match.Groups[1].Value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string Text(byte[]? bytes) => bytes is null ? "" : Encoding.UTF8.GetString(bytes);

    private static string Words(string text) => HostCrontab.Words(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"\s(\S+\.timer)(?:\s+(\S+))?\s*$")]
    private static partial Regex UnitsOfLine();

    [GeneratedRegex(@"[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")]
    private static partial Regex Moment();
}
