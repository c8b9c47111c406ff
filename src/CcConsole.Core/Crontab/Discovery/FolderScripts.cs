using System.Text;
using System.Text.RegularExpressions;

namespace CcConsole.Core.Crontab.Discovery;

/// <summary>What lies in the folders that run-parts runs, why it leaves something out, and which line runs the folder.</summary>
internal static partial class FolderScripts
{
    public static List<FolderScript> Read(DiscoveryFrame frame, List<FoundTable> tables, List<AnacronJob> anacron, List<DiscoveryGap> gaps)
    {
        var scripts = new List<FolderScript>();
        foreach (var folder in frame.Folders)
        {
            var files = frame.Scripts.Where(file => file.Folder == folder && file.Name != ".placeholder" && file.Facts is not null).ToList();
            var runner = Runner(folder, tables, anacron, frame.HasAnacron);
            if (files.Count > 0 && runner is null)
            {
                gaps.Add(new(folder, "no line that was found runs this folder, so its scripts do not run", "Look for what is to run it: /etc/crontab, /etc/anacrontab, or root's table"));
            }

            scripts.AddRange(files.Select(file => new FolderScript(
                folder, file.Name, file.Facts!, WhyIgnored(file, frame) ?? (runner is null ? "nothing that was found runs the folder" : null), runner)));
        }

        return scripts;
    }

    /// <summary>debianutils' run-parts(8); busybox, run_parts.c, which has the same names; the script of Fedora's crontabs package.</summary>
    private static string? WhyIgnored(FrameFile file, DiscoveryFrame frame)
    {
        var name = file.Name;
        if (frame.RunParts == "script")
        {
            if (name[0] == '.' || name[^1] is '~' or ',' || LeftOver().IsMatch(name))
            {
                return "of its name: run-parts passes over names that begin with a dot or end with ~ , .rpmsave .rpmorig .rpmnew .swp .cfsaved or ,v";
            }

            if (Lists("jobs.deny", name, file, frame) == true)
            {
                return "it is named in jobs.deny";
            }

            if (Lists("jobs.allow", name, file, frame) == false)
            {
                return "it is not named in jobs.allow";
            }
        }
        else if (!PlainName().IsMatch(name))
        {
            return $"of its name: run-parts takes letters, digits, _ and - alone{(name.Contains('.', StringComparison.Ordinal) ? ", and so no dot" : "")}";
        }

        return file.Facts!.Followed is not { } target ? "it is a link to nothing"
            : target.Kind != FileKind.Regular ? "it is no regular file"
            : !file.Facts.IsExecutable ? "it is not executable"
            : null;
    }

    private static bool? Lists(string list, string name, FrameFile file, DiscoveryFrame frame) =>
        frame.JobLists.TryGetValue($"{file.Folder}/{list}", out var bytes) ? Encoding.UTF8.GetString(bytes).Split('\n').Contains(name) : null;

    private static FolderRunner? Runner(string folder, List<FoundTable> tables, List<AnacronJob> anacron, bool hasAnacron)
    {
        var call = new Regex($@"run-parts\b[^;&|]*\s{Regex.Escape(folder)}/?(?=[\s;&|)}}'""]|$)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        foreach (var table in tables.Where(static table => table.Ignored is null))
        {
            var document = CrontabDocument.Parse(table.Bytes.Span, isSystem: table.Id.IsSystem);
            foreach (var entry in document.Entries.Where(entry => !entry.IsPaused && table.Lines.All(line => line.Line != entry.Number)))
            {
                // A folder is named near the start of its line; what is longer is some other thing.
                var command = document.Text(entry.CommandSpan with { Length = Math.Min(entry.CommandSpan.Length, 1000) });
                // debian's own lines leave the folder to anacron where that is installed.
                if (call.IsMatch(command) && !(hasAnacron && UnlessAnacron().IsMatch(command)))
                {
                    return new FolderRunner(table.Id.Name, entry.Number, document.Text(entry.ScheduleSpan), entry.User ?? table.Id.Name);
                }
            }
        }

        return anacron.Find(job => job.Ignored is null && call.IsMatch(job.Command)) is { } found
            ? new FolderRunner(FolderRunner.AnacronTable, found.Line, found.Period, "root") : null;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+\\z")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"(\.(rpmsave|rpmorig|rpmnew|swp|cfsaved)|,v)\z")]
    private static partial Regex LeftOver();

    [GeneratedRegex(@"(test|\[)\s+-x\s+\S*anacron\s*\]?\s*\|\|")]
    private static partial Regex UnlessAnacron();
}
