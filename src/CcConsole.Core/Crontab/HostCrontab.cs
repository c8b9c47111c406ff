using System.Globalization;
using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab.Scripts;

namespace CcConsole.Core.Crontab;

/// <summary>
/// Access to a host's tables with nothing but sh and crontab on the host: the command lines to run there, and what
/// their results mean. The same text is run over SSH and by the agent; this class runs nothing.
/// </summary>
/// <remarks>
/// A write is compare-and-swap: under a lock on the host (flock on <c>/tmp/cc-crontab-lock-UID</c>, a directory of the
/// table's user or root with mode 0700; links in it where there is no flock) the table is read again and its SHA-256
/// compared; the new one is installed and read back; on a difference the old one is put back. A user's table is installed
/// by <c>crontab -</c>; a system table by a file beside it and rename. A table that is emptied stays, empty; it is
/// removed only when that is what is asked for. What needs root is done as root, or by <c>sudo -n</c>, or not at all.
/// </remarks>
public static class HostCrontab
{
    /// <summary>The command line that reads a table: safe for any login shell, needs no input.</summary>
    /// <param name="table">Which; null for the login user's. Another user's needs root.</param>
    public static string ReadCommand(TableId? table = null) =>
        table is { IsSystem: true } ? FileScript.Read(table.Name) : TableScript.Read(table?.Name);

    /// <summary>The command line that writes a table; the new table goes to its standard input, whole, and then the input is closed.</summary>
    /// <param name="expected">The table that was read; null when there was none.</param>
    /// <param name="wanted">The new table; null when there is to be none: the input is then empty.</param>
    /// <param name="table">Which; null for the login user's.</param>
    /// <param name="token">What <see cref="SettleCommand"/> calls this write by: 1 to 64 hexadecimal digits, never used before; null when nobody will.</param>
    public static string WriteCommand(byte[]? expected, byte[]? wanted, TableId? table = null, string? token = null)
    {
        var (before, after) = (expected is null ? "EMPTY" : Hash(expected), wanted is null ? "REMOVE" : Hash(wanted));
        var name = token is null ? "" : Checked(token);
        return table is { IsSystem: true }
            ? FileScript.Write(table.Name, before, after, name, SystemTables.Users(wanted).Except(SystemTables.Users(expected)))
            : TableScript.Write(table?.Name, before, after, name);
    }

    /// <summary>
    /// The command line that reads a table after a write whose end was not heard: it waits for the write to end, and when the write
    /// has not begun yet, it never will. So what it reads is what came of that write. <see cref="ParseRead"/> reads the answer.
    /// </summary>
    /// <param name="token">The write's token.</param>
    /// <param name="table">Which; null for the login user's.</param>
    public static string SettleCommand(string token, TableId? table = null) =>
        table is { IsSystem: true } ? FileScript.Settle(table.Name, Checked(token)) : TableScript.Settle(table?.Name, Checked(token));

    /// <summary>What a read's result means.</summary>
    public static TableRead ParseRead(int exitCode, ReadOnlySpan<byte> stdout, ReadOnlySpan<byte> stderr)
    {
        var reply = HostReply.Parse(stdout);
        if (!reply.IsWhole)
        {
            var (problem, hint) = Cut(reply, exitCode, stderr);
            return new TableRead.Failed(problem, hint);
        }

        switch (reply["status"])
        {
            case "present" when reply.Part("table") is { } table:
                return new TableRead.Present(table, Host(reply));
            case "none":
                return new TableRead.None(Host(reply));
            default:
                var (problem, hint) = Cause(reply);
                return new TableRead.Failed(problem, hint);
        }
    }

    /// <summary>What a write's result means.</summary>
    public static TableWrite ParseWrite(int exitCode, ReadOnlySpan<byte> stdout, ReadOnlySpan<byte> stderr)
    {
        var reply = HostReply.Parse(stdout);
        if (!reply.IsWhole)
        {
            var (what, next) = Cut(reply, exitCode, stderr);
            return new TableWrite.Failed(what, reply.HasBegun ? "Read the table again: it is the old one or the new one" : next, TableAfter.Unknown);
        }

        switch (reply["status"])
        {
            case "written":
                return new TableWrite.Written();
            case "changed":
                return new TableWrite.Changed(reply["table"] == "present" ? reply.Part("table") ?? [] : null);
        }

        var (problem, hint) = Cause(reply);
        var after = reply["after"] switch
        {
            "restored" => TableAfter.Restored,
            "lost" => TableAfter.Different,
            "unknown" => TableAfter.Unknown,
            _ => TableAfter.Unchanged,
        };
        return new TableWrite.Failed(problem, hint, after) { Displaced = reply.Part("displaced") };
    }

    internal static HostCron Host(HostReply reply)
    {
        var implementation = reply["kind"];
        return new HostCron(
            reply["user"],
            CronDialects.Of(implementation),
            implementation,
            Words(reply.Part("version") ?? []),
            reply["daemon"] switch { "running" => CronDaemonState.Running, "none" => CronDaemonState.None, _ => CronDaemonState.Unknown },
            reply["zone"] is { Length: > 0 } zone ? zone : null);
    }

    internal static (string Problem, string Hint) Cut(HostReply reply, int exitCode, ReadOnlySpan<byte> stderr)
    {
        var said = Words(stderr);
        var text = said.Length == 0 ? "" : $": {said}";
        return reply.HasBegun
            ? ($"The connection ended in the middle of the answer{text}", "Try again")
            : (string.Create(CultureInfo.InvariantCulture, $"The host did not run the script (exit code {exitCode}){text}"), "Check that the login reaches a shell and that /bin/sh is there");
    }

    internal static (string Problem, string Hint) Cause(HostReply reply)
    {
        var said = Words(reply.Part("error") ?? []);
        var user = reply["user"];
        var table = reply["file"] is { Length: > 0 } file ? file : $"the table of {user}";
        return reply["cause"] switch
        {
            "root" => ($"Only root may do this, and sudo -n does not let {user} be root on the host{(said.Length > 0 ? $": {said}" : " (there is no sudo)")}", "Connect as root, as the table's own user, or let the user be root by sudo without a password there"),
            "file" => ($"{table} could not be read: {said}", "Look at it on the host"),
            "no-folder" => ($"There is no folder for {table} on the host", "Does its daemon read such files? Make the folder there first"),
            "link" => ($"{table} is a link to {said}, and what it leads to is not changed from here", "Change the file that it leads to on the host"),
            "no-user" => ($"{table} would name the user {said}, and the host has none of that name", "Name a user that exists there"),
            "attributes" => ($"A copy of {table} did not keep its owner or mode, so nothing was written", "Look at the file system of the folder there"),
            "write" => (said.Contains("No space left", StringComparison.Ordinal) || said.Contains("quota", StringComparison.Ordinal)
                ? $"The disk of the host is full: {said}" : $"{table} could not be written: {said}", "Look at the folder and its disk on the host"),
            "missing" => ("There is no crontab command on the host", "Install cron there (Debian: apt-get install cron)"),
            "temporary" => ("The host has no room or no permission for a temporary file", "Check that /tmp (or TMPDIR) is writable and not full"),
            "ambiguous" => (
                $"{Capital(table)} holds text that crontab -l shows as \\r or \\b, and its exact bytes could not be had",
                "Replace the carriage returns and backspaces by hand (crontab -e), then read again"),
            "hash" => ("The host has none of sha256sum, shasum and openssl, so a change by someone else could not be seen", "Install one of them there"),
            "incomplete" => ("The new table did not reach the host whole, so nothing was written", "Try again"),
            "lock-directory" => ("The lock directory /tmp/cc-crontab-lock-UID is not a directory of that user alone", "Look at who made it, and remove it"),
            "void" => ("The console had given this change up before its turn came, so nothing was written", "Make the change again"),
            "locked" => ($"Someone else has been changing {table} for 30 seconds", "Try again"),
            "differs" => ($"crontab reported success, but {table} does not read back as written", "Look at the host's disk and at what else writes the table"),
            _ => Classify(said, user),
        };
    }

    /// <summary>Words for what crontab says under LC_ALL=C (debian's and cronie's crontab.c).</summary>
    internal static (string Problem, string Hint) Classify(string said, string user)
    {
        bool Has(string part) => said.Contains(part, StringComparison.OrdinalIgnoreCase);
        return said switch
        {
            _ when Has("not allowed to use this program") || Has("cannot use this program") || Has("not allowed to access") =>
                ($"{user} may not use crontab on the host: {said}", "See /etc/cron.allow, /etc/cron.deny and PAM there"),
            _ when Has("must be privileged") => ($"Only root may touch the table of {user}", "Connect as root, or as that user"),
            _ when Has("unknown") && Has("user") => ($"The host has no user {user}", "Check the name"),
            _ when Has("in the passwd file") => ($"{user} is no longer in the host's list of users: {said}", "Look at /etc/passwd there, and at what else keeps users (LDAP, sssd)"),
            _ when Has("No space left") || Has("quota") => ($"The disk of the host is full: {said}", "Make room there"),
            _ when Has("errors in crontab") || Has("Invalid crontab") || Has("missing newline") || Has("too long") =>
                ($"The daemon's crontab refused the table: {said}", "Change the line that it names"),
            _ when Has("Permission denied") || Has("Operation not permitted") => ($"crontab may not open the table of {user}: {said}", "Check that crontab is set-uid or set-gid there"),
            "" => ("crontab failed and said nothing", "Run crontab -l on the host by hand"),
            _ => ($"crontab failed: {said}", "Run crontab -l on the host by hand"),
        };
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A host's text on one line, without control characters, cut at 400 characters.</summary>
    internal static string Words(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var rune in Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 4096)]).EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
            {
                text.Append(rune.Value == '\n' && text.Length > 0 ? " | " : " ");
            }
            else
            {
                text.Append(rune);
            }
        }

        var line = text.ToString().Trim(' ', '|');
        return line.Length > 400 ? line[..400] + "…" : line;
    }

    private static string Checked(string token) => token.Length is > 0 and <= 64 && token.All(char.IsAsciiHexDigit)
        ? token
        : throw new ArgumentException("A token is 1 to 64 hexadecimal digits.", nameof(token));

    private static string Hash(byte[] table) => Sha256.Hash(table).ToString();
}
