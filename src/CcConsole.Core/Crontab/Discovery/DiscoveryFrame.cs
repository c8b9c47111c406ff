using System.Globalization;
using CcConsole.Core.Crontab.Scripts;

namespace CcConsole.Core.Crontab.Discovery;

/// <summary>A file in the answer: its path, status and content, or why there is none.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Folder">The folder that the script named before it; empty for none.</param>
internal sealed record FrameFile(string Path, string Folder)
{
    public FileFacts? Facts { get; set; }

    public byte[]? Content { get; set; }

    /// <summary><c>permission</c>, <c>large</c> or <c>total</c>; null when it was read, or is no file to read.</summary>
    public string? Unread { get; set; }

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>A user that is named on the host.</summary>
/// <param name="Uid">Null when there is no such user.</param>
/// <param name="Problem">Why PAM lets cron start nothing for it; null when nothing is known against it.</param>
internal sealed record FrameAccount(long? Uid, string? Problem);

/// <summary>The answer, its lines and parts put together to what they describe.</summary>
internal sealed class DiscoveryFrame
{
    public List<(string Name, string Arguments)> Processes { get; } = [];

    public Dictionary<string, string> Packages { get; } = [];

    public string Own { get; private set; } = "";

    public byte[]? OwnTable { get; private set; }

    public string OwnError { get; private set; } = "";

    /// <summary><c>refused</c>, <c>none</c> or empty.</summary>
    public string Sudo { get; private set; } = "";

    public string SudoError { get; private set; } = "";

    public bool AsRoot { get; private set; }

    public List<FrameFile> SystemFiles { get; } = [];

    public List<FrameFile> Spooled { get; } = [];

    public List<FrameFile> Scripts { get; } = [];

    public List<string> Spools { get; } = [];

    public List<string> Folders { get; } = [];

    public HashSet<string> Closed { get; } = [];

    public List<string> Cut { get; } = [];

    public List<string> Odd { get; } = [];

    public Dictionary<string, FrameAccount> Accounts { get; } = [];

    public string RunParts { get; private set; } = "";

    /// <summary>run-parts of Fedora: names in a folder's jobs.deny and jobs.allow.</summary>
    public Dictionary<string, byte[]> JobLists { get; } = [];

    public FrameFile? Anacrontab { get; private set; }

    public bool HasAnacron { get; private set; }

    public Dictionary<string, DateOnly> AnacronRuns { get; } = [];

    public List<FrameTimers> Timers { get; } = [];

    public string Managers { get; private set; } = "";

    public static DiscoveryFrame Of(HostReply reply)
    {
        var frame = new DiscoveryFrame();
        FrameFile? file = null;
        var (folder, last) = ("", "");
        foreach (var item in reply.Items)
        {
            frame.Take(item, ref file, ref folder, last);
            last = item.Bytes is null ? item.Name : last;
        }

        return frame;
    }

    private void Take(ReplyItem item, ref FrameFile? file, ref string folder, string last)
    {
        var value = item.Value;
        switch (item.Name)
        {
            case "process":
                var (name, arguments) = Split(value);
                Processes.Add((name, arguments));
                break;
            case "package":
                (name, arguments) = Split(value);
                Packages[name] = arguments;
                break;
            case "own":
                Own = value;
                break;
            case "table" when item.Bytes is { } table:
                OwnTable = table;
                break;
            case "error" when item.Bytes is { } error:
                Said(last, HostCrontab.Words(error));
                break;
            case "sudo":
                Sudo = value;
                break;
            case "root":
                AsRoot = value == "yes";
                break;
            case "spool":
                Spools.Add(folder = value);
                break;
            case "folder":
                Folders.Add(folder = value);
                break;
            case "closed":
                Closed.Add(value);
                break;
            case "cut":
                Cut.Add(value);
                break;
            case "odd":
                Odd.Add(value);
                break;
            case "file":
                SystemFiles.Add(file = new FrameFile(value, ""));
                break;
            case "spooled":
                Spooled.Add(file = new FrameFile(value, folder));
                break;
            case "script":
                Scripts.Add(file = new FrameFile(value, folder));
                break;
            case "anacrontab":
                Anacrontab = file = new FrameFile(value, "");
                break;
            case "stat" when file is not null:
                file.Facts = Facts(value);
                break;
            case "leads" when file is { Facts: { } link }:
                file.Facts = link with { Target = Facts(value) };
                break;
            case "content" when file is not null:
                file.Content = item.Bytes;
                break;
            case "unread" when file is not null:
                file.Unread = value;
                break;
            case "account":
                (name, arguments) = Split(value);
                Accounts[name] = new FrameAccount(long.TryParse(arguments, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : null, null);
                break;
            case "shadow":
                (name, arguments) = Split(value);
                if (Accounts.TryGetValue(name, out var account))
                {
                    Accounts[name] = account with { Problem = AccountAge.Problem(name, arguments) };
                }

                break;
            case "run-parts":
                RunParts = value;
                break;
            case "jobs.deny" or "jobs.allow" when item.Bytes is { } list:
                JobLists[$"{folder}/{item.Name}"] = list;
                break;
            case "anacron":
                HasAnacron = true;
                break;
            case "ran":
                (var day, name) = Split(value);
                if (DateOnly.TryParseExact(day, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                {
                    AnacronRuns[name] = date;
                }

                break;
            case "timers" or "no-timers":
                Timers.Add(new FrameTimers(value == "own", item.Name == "timers"));
                break;
            case "list" or "timer-units" or "service-units" when Timers.Count > 0 && item.Bytes is { } text:
                Timers[^1].Parts[item.Name] = text;
                break;
            case "managers":
                Managers = value;
                break;
        }
    }

    private void Said(string about, string words)
    {
        switch (about)
        {
            case "own":
                OwnError = words;
                break;
            case "sudo":
                SudoError = words;
                break;
            case "no-timers":
                Timers[^1].Error = words;
                break;
        }
    }

    private static (string Word, string Remainder) Split(string value) =>
        value.IndexOf(' ', StringComparison.Ordinal) is >= 0 and var at ? (value[..at], value[(at + 1)..]) : (value, "");

    /// <summary><c>-rw-r--r-- 1 0 0</c>: as ls(1) of POSIX writes it, with a mark for more kinds of access after the mode on some.</summary>
    private static FileFacts? Facts(string value)
    {
        var words = value.Split(' ');
        if (words.Length < 4 || words[0].Length < 10 || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var links)
            || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
            || !long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var group))
        {
            return null;
        }

        var mode = 0;
        for (var i = 0; i < 9; i++)
        {
            var letter = words[0][i + 1];
            mode |= letter is '-' or 'S' or 'T' ? 0 : 0b100_000_000 >> i;
            mode |= letter is 's' or 'S' or 't' or 'T' ? i switch { 2 => 0b100_000_000_000, 5 => 0b010_000_000_000, _ => 0b001_000_000_000 } : 0;
        }

        var kind = words[0][0] switch { '-' => FileKind.Regular, 'l' => FileKind.Link, 'd' => FileKind.Folder, _ => FileKind.Other };
        return new FileFacts(kind, mode, links, owner, group);
    }
}

/// <summary>What systemctl said of one manager.</summary>
internal sealed class FrameTimers(bool isOwn, bool answered)
{
    public bool IsOwn => isOwn;

    public bool Answered => answered;

    public string Error { get; set; } = "";

    public Dictionary<string, byte[]> Parts { get; } = [];
}
