using System.Globalization;
using System.Text;

namespace CcConsole.Core.Crontab.Discovery;

/// <summary>Reads anacron's table (anacrontab(5)).</summary>
internal static class AnacronTable
{
    public static List<AnacronJob> Read(DiscoveryFrame frame, List<DiscoveryGap> gaps)
    {
        if (frame.Anacrontab is not { } file)
        {
            return [];
        }

        if (file.Content is not { } content)
        {
            gaps.Add(new(file.Path, "it could not be read", "Look at it on the host"));
            return [];
        }

        var jobs = new List<AnacronJob>();
        var (hours, random, number) = ((string?)null, TimeSpan.Zero, 0);
        foreach (var raw in Encoding.UTF8.GetString(content).Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var words = line.Split((char[]?)null, 4, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 4 && (char.IsAsciiDigit(words[0][0]) || words[0][0] == '@'))
            {
                jobs.Add(Job(words, number, hours, random, frame));
            }
            else if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                var (name, value) = (line[..at].Trim(), line[(at + 1)..].Trim());
                hours = name == "START_HOURS_RANGE" ? value : hours;
                random = name == "RANDOM_DELAY" && Minutes(value) is { } most ? most : random;
            }
        }

        return jobs;
    }

    private static AnacronJob Job(string[] words, int number, string? hours, TimeSpan random, DiscoveryFrame frame)
    {
        int? days = words[0] switch
        {
            "@daily" => 1,
            "@weekly" => 7,
            _ => int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null,
        };
        var delay = Minutes(words[1]);
        var problem = !frame.HasAnacron ? "anacron is not installed"
            : days is null && words[0] is not ("@monthly" or "@yearly" or "@annually") ? $"anacron does not understand the period {Plain(words[0])}"
            : delay is null ? $"anacron does not understand the delay {Plain(words[1])}"
            : null;
        return new AnacronJob(Plain(words[2]), Plain(words[0]), days, delay ?? TimeSpan.Zero, random, hours is null ? null : Plain(hours), Plain(words[3]), number,
            frame.AnacronRuns.TryGetValue(words[2], out var day) ? day : null, problem);
    }

    private static TimeSpan? Minutes(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < 1_000_000 ? TimeSpan.FromMinutes(minutes) : null;

    private static string Plain(string text) => HostCrontab.Words(Encoding.UTF8.GetBytes(text));
}
