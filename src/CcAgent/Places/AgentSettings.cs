using System.Runtime.InteropServices;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Places;

/// <summary>How long reports are kept.</summary>
/// <param name="MaxAgeDays">The age in days beyond which they go, from 1.</param>
/// <param name="MaxMegabytes">The size in MiB of all of them beyond which the oldest go, from 1.</param>
/// <param name="KeepUnpulled">Whether what no console has pulled stays however old or large it is.</param>
internal sealed record ReportRetention(int MaxAgeDays = 90, int MaxMegabytes = 1024, bool KeepUnpulled = false);

/// <summary>How much may wait in a spool while the daemon is away; beyond it the oldest go.</summary>
/// <param name="MaxMegabytes">In MiB, from 1.</param>
/// <param name="MaxReports">In reports, from 1.</param>
internal sealed record SpoolBounds(int MaxMegabytes = 256, int MaxReports = 20_000);

/// <summary>
/// The agent's settings, all optional: /etc/croncommander/settings.json in system mode, croncommander/settings.json in the
/// user's configuration directory in user mode, settings.json in a directory that --dir names. Only root or this user may
/// have written them.
/// </summary>
internal sealed record AgentSettings
{
    internal const string SystemFile = "/etc/croncommander/settings.json";

    private const string Known = "the settings are reports (maxAgeDays, maxMegabytes, keepUnpulled), spool (maxMegabytes, maxReports), "
        + "audit (policy, checkpointMinutes, checkpointEntries, ballastMegabytes, maxAgeDays, maxMegabytes), watch and group";

    internal ReportRetention Reports { get; init; } = new();

    internal SpoolBounds Spool { get; init; } = new();

    internal AuditSettings Audit { get; init; } = new();

    /// <summary>Whether the daemon watches the tables: missed runs and changes that others make.</summary>
    internal bool Watch { get; init; } = true;

    /// <summary>The group whose members reach the socket in system mode.</summary>
    internal string Group { get; init; } = "croncommander";

    /// <summary>Where an agent's settings lie when no file is named.</summary>
    internal static string FileOf(AgentPlaces places)
    {
        if (places.Named)
            return places.Data + "/settings.json";
        if (places.Mode == AgentMode.System)
            return SystemFile;
        var home = Marshal.PtrToStringUTF8(Libc.getenv("XDG_CONFIG_HOME"));
        // A relative path there is to be ignored (XDG Base Directory Specification).
        var folder = home is ['/', ..] ? Path.TrimEndingDirectorySeparator(home) : UserAccount.Of(places.Owner).Home + "/.config";
        return folder + "/croncommander/settings.json";
    }

    /// <summary>Reads the settings; where there is no file, and none was named, everything is as by default.</summary>
    /// <param name="places">Whose settings.</param>
    /// <param name="file">The value of --settings; null for the agent's own file.</param>
    /// <exception cref="ProblemException">It cannot be read or trusted, or says something that is no setting; the message has the line.</exception>
    internal static AgentSettings Read(AgentPlaces places, string? file = null)
    {
        var path = Path.GetFullPath(file ?? FileOf(places));
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
        {
            var error = Libc.LastError;
            if (error == Errno.NoEntry && file is null)
                return new AgentSettings();
            throw Libc.TryStatus(path, out var there) && there.IsLink
                ? new ProblemException($"{path} is a symbolic link", "name the file that it points to with --settings")
                : new ProblemException($"the settings in {path} cannot be read: {Libc.ErrorText(error)}", "check the file's owner and mode");
        }

        _ = Libc.close(fd);
        SecureDirectory.Require(Path.GetDirectoryName(path)!, places.Owner, rootMayOwn: true);
        // Nobody else can have exchanged it since: they cannot write to the directory.
        RequireFile(path, places.Owner);
        return Parse(SmallFile.Read(path) ?? throw new ProblemException($"the settings in {path} cannot be read: {Libc.ErrorText(Libc.LastError)}"), path);
    }

    /// <summary>Reads the text of a settings file.</summary>
    /// <param name="json">The text: JSON, in which comments and a comma before an end are allowed.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <exception cref="ProblemException">It says something that is no setting; the message has file, line and member.</exception>
    internal static AgentSettings Parse(ReadOnlySpan<byte> json, string path)
    {
        var reader = new SettingsReader(json, path, Known);
        var settings = new AgentSettings();
        while (reader.NextMember("") is { } name)
        {
            settings = name switch
            {
                "reports" => settings with { Reports = ReadReports(ref reader) },
                "spool" => settings with { Spool = ReadSpool(ref reader) },
                "audit" => settings with { Audit = AuditSettings.Read(ref reader) },
                "watch" => settings with { Watch = reader.Truth() },
                "group" => settings with { Group = reader.Text(IsGroup, "the name of a group") },
                _ => throw reader.Unknown(),
            };
        }

        reader.End();
        return settings;
    }

    private static ReportRetention ReadReports(ref SettingsReader reader)
    {
        var reports = new ReportRetention();
        while (reader.NextMember("reports") is { } name)
        {
            reports = name switch
            {
                "maxAgeDays" => reports with { MaxAgeDays = reader.Number(1, 36_500) },
                "maxMegabytes" => reports with { MaxMegabytes = reader.Number(1, 16 * 1024 * 1024) },
                "keepUnpulled" => reports with { KeepUnpulled = reader.Truth() },
                _ => throw reader.Unknown(),
            };
        }

        return reports;
    }

    private static SpoolBounds ReadSpool(ref SettingsReader reader)
    {
        var spool = new SpoolBounds();
        while (reader.NextMember("spool") is { } name)
        {
            spool = name switch
            {
                "maxMegabytes" => spool with { MaxMegabytes = reader.Number(1, 16 * 1024 * 1024) },
                "maxReports" => spool with { MaxReports = reader.Number(1, 1_000_000) },
                _ => throw reader.Unknown(),
            };
        }

        return spool;
    }

    // As useradd(8) and groupadd(8) allow them.
    private static bool IsGroup(string name) =>
        name.Length is > 0 and <= 32 && !name.StartsWith('-') && name.AsSpan().IndexOfAnyExcept(GroupCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> GroupCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private static void RequireFile(string path, uint self)
    {
        if (!Libc.TryStatus(path, out var status))
            throw new ProblemException($"the settings in {path} cannot be read: {Libc.ErrorText(Libc.LastError)}");
        if (!status.IsRegular)
            throw new ProblemException($"{path} is not a plain file", "move it away, and find out who made it");
        if (status.Owner != 0 && status.Owner != self)
        {
            throw new ProblemException(
                $"{path} is owned by {UserAccount.Of(status.Owner).Name}, not by {UserAccount.Of(self).Name}", "look through it; then chown it");
        }

        if (status.WritableByOthers)
        {
            throw new ProblemException(
                $"{path} can be written by others (mode {SecureDirectory.Octal(status.Permissions)})", $"look through it; then chmod go-w {path}");
        }
    }
}
