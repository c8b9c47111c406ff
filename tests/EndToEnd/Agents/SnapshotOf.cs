using System.Text.RegularExpressions;
using EndToEnd.Harness;

namespace EndToEnd.Agents;

/// <summary>What lies on a host: each file with mode, owner, digest or target, and with the time of its change where asked for.</summary>
internal static class SnapshotOf
{
    /// <param name="hosts">The hosts.</param>
    /// <param name="folders">The folders that are looked through.</param>
    /// <param name="times">Whether times count: for one that must have touched nothing.</param>
    public static async Task<string[]> FoldersAsync(LiveHosts hosts, string folders, bool times = false)
    {
        string format = times ? "%p %y %m %U:%G %s %T@ %l\\n" : "%p %y %m %U:%G %l\\n";
        string list = await hosts.AsRootAsync($"find {folders} -not -type s -printf '{format}' | sort; find {folders} -type f -exec sha256sum {{}} + | sort -k2");
        // groupadd and useradd leave the file as it was before beside the new one, and nobody takes it away; crontab writes its date into its heading.
        // A daemon that runs keeps its own notes meanwhile.
        string notes = times ? "|/croncommander/(watch|audit|audit-state|reports)[/ ]" : "";
        return [.. list.Split('\n').Where(line => !Regex.IsMatch(line, "/etc/(group|gshadow|passwd|shadow|subuid|subgid)-( |$)" + notes))];
    }
}
