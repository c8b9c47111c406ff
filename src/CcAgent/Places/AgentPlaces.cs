using System.Globalization;
using System.Runtime.InteropServices;
using CcAgent.Native;

namespace CcAgent.Places;

/// <summary>Whose jobs an agent keeps the record of.</summary>
internal enum AgentMode
{
    /// <summary>The whole host's: runs as root.</summary>
    System,

    /// <summary>One user's.</summary>
    User,
}

/// <summary>
/// Where an agent keeps what. In system mode everything lies in /var/lib/croncommander. In user mode the socket lies in
/// /tmp/cc-agent-UID and the data in the user's state directory. With --dir everything lies in that directory.
/// </summary>
internal sealed record AgentPlaces(AgentMode Mode, uint Owner, string Data, string SocketDirectory, bool Named)
{
    internal const string SystemDirectory = "/var/lib/croncommander";

    internal string Socket => SocketDirectory + "/cc-agent.sock";

    internal string Audit => Data + "/audit";

    internal string AuditState => Data + "/audit-state";

    internal string Reports => Data + "/reports";

    internal string Spool => Data + "/spool";

    /// <summary>
    /// The spools that the daemon drains: its own, and in user mode the one that runs under cron use, whose environment
    /// does not name a state directory.
    /// </summary>
    internal IReadOnlyList<string> Spools =>
        Named || Mode == AgentMode.System || UserSpool(Owner) == Spool ? [Spool] : [Spool, UserSpool(Owner)];

    /// <param name="directory">The value of --dir; null for the default of the mode.</param>
    internal static AgentPlaces For(string? directory)
    {
        var uid = Libc.geteuid();
        var mode = uid == 0 ? AgentMode.System : AgentMode.User;
        if (directory is not null)
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            return new AgentPlaces(mode, uid, full, full, Named: true);
        }

        return mode == AgentMode.System
            ? new AgentPlaces(mode, uid, SystemDirectory, SystemDirectory, Named: false)
            : new AgentPlaces(mode, uid, UserData(uid), UserSocketDirectory(uid), Named: false);
    }

    internal static string UserSocketDirectory(uint uid) => string.Create(CultureInfo.InvariantCulture, $"/tmp/cc-agent-{uid}");

    internal static string UserSpool(uint uid) => UserAccount.Of(uid).Home + "/.local/state/croncommander/spool";

    /// <summary>Where a run puts its report when nobody takes it at <paramref name="socketDirectory"/>.</summary>
    internal static string SpoolFor(string socketDirectory, uint uid) =>
        uid != 0 && socketDirectory == UserSocketDirectory(uid) ? UserSpool(uid) : socketDirectory + "/spool";

    /// <summary>
    /// Where the locks of this user's jobs lie: beside the socket where that directory is the user's own by name, else in the
    /// user's state directory; a user whose home is not their own (as that of many services) has them in /tmp/cc-agent-UID.
    /// </summary>
    internal static string LocksFor(string socketDirectory, uint uid)
    {
        if (uid == 0 || (socketDirectory != UserSocketDirectory(uid) && Libc.TryStatus(socketDirectory, out var named) && named.Owner == uid))
            return socketDirectory + "/locks";
        var home = UserAccount.Of(uid).Home;
        return home is ['/', ..] && Libc.TryStatus(home, out var status) && status.IsDirectory && status.Owner == uid
            ? home + "/.local/state/croncommander/locks"
            : UserSocketDirectory(uid) + "/locks";
    }

    private static string UserData(uint uid)
    {
        var state = Marshal.PtrToStringUTF8(Libc.getenv("XDG_STATE_HOME"));
        // A relative path there is to be ignored (XDG Base Directory Specification).
        return state is ['/', ..]
            ? Path.TrimEndingDirectorySeparator(state) + "/croncommander"
            : UserAccount.Of(uid).Home + "/.local/state/croncommander";
    }
}
