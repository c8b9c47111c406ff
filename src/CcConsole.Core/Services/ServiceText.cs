using System.Buffers;

namespace CcConsole.Core.Services;

/// <summary>What keeps the agent's daemon going on a host: one text for each supervisor, for an agent at a given path.</summary>
/// <remarks>systemd.service(5), systemd.exec(5), openrc-run(8), supervise-daemon-guide of OpenRC, crontab(5).</remarks>
public static class ServiceText
{
    /// <summary>The service's name with each supervisor.</summary>
    public const string Name = "cc-agent";

    /// <summary>Where the unit of <see cref="Systemd"/> belongs.</summary>
    public const string SystemdFile = "/etc/systemd/system/cc-agent.service";

    /// <summary>Where the unit of <see cref="SystemdUser"/> belongs, below the user's configuration directory (~/.config).</summary>
    public const string SystemdUserFile = "systemd/user/cc-agent.service";

    /// <summary>Where the script of <see cref="OpenRc"/> belongs, mode 0755.</summary>
    public const string OpenRcFile = "/etc/init.d/cc-agent";

    // No supervisor, shell or crontab takes one of these for anything but itself.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-@,=:");

    /// <summary>Whether an agent can be kept at this path: absolute, and plain to every supervisor.</summary>
    public static bool IsPath(string agent) =>
        agent is ['/', _, ..] && agent.AsSpan().IndexOfAnyExcept(Plain) < 0 && !agent.Contains("//", StringComparison.Ordinal);

    /// <summary>The systemd unit of the whole host's agent, run by root with three capabilities and little else.</summary>
    /// <param name="agent">The agent's path; see <see cref="IsPath"/>.</param>
    /// <exception cref="ProblemException">The path cannot be named in such a text.</exception>
    public static string Systemd(string agent) => $"""
        [Unit]
        Description=CcConsole agent: records the runs of cron's jobs
        # Jobs at @reboot find it there.
        Before=cron.service crond.service
        RequiresMountsFor=/var/lib/croncommander
        # However often it ends: what it would record waits for it.
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        ExecStart={Checked(agent)} daemon
        Restart=always
        RestartSec=5
        WatchdogSec=60
        TimeoutStopSec=30
        OOMScoreAdjust=-500
        StateDirectory=croncommander
        StateDirectoryMode=0755
        UMask=0077

        # To read every user's spooled reports and tables. The second goes to a process that makes the log append-only and does
        # nothing else; the last two go at start, when the daemon has joined its socket's group.
        CapabilityBoundingSet=CAP_DAC_READ_SEARCH CAP_LINUX_IMMUTABLE CAP_SETGID CAP_SETPCAP
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome={(InHome(agent) ? "read-only" : "yes")}
        PrivateTmp=yes
        PrivateDevices=yes
        PrivateNetwork=yes
        RestrictAddressFamilies=AF_UNIX
        IPAddressDeny=any
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        KeyringMode=private
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallErrorNumber=EPERM

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>The unit of one user's agent, for `systemd --user`; `loginctl enable-linger` starts it at boot.</summary>
    /// <inheritdoc cref="Systemd"/>
    public static string SystemdUser(string agent) => $"""
        [Unit]
        Description=CcConsole agent: records the runs of this user's cron jobs
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        ExecStart={Checked(agent)} daemon
        Restart=always
        RestartSec=5
        WatchdogSec=60
        TimeoutStopSec=30
        UMask=0077
        # Nothing here that sets no-new-privileges, as most confinements of a user's service do: crontab(1), by which the
        # daemon reads this user's table, is set-group-id. The daemon itself gives up all privileges at start.

        [Install]
        WantedBy=default.target

        """;

    /// <summary>The OpenRC script of the whole host's agent, kept going by supervise-daemon.</summary>
    /// <inheritdoc cref="Systemd"/>
    public static string OpenRc(string agent) => $$"""
        #!/sbin/openrc-run
        # The agent of CcConsole: records the runs of cron's jobs.

        name="CcConsole agent"
        description="Records the runs of cron's jobs"
        supervisor=supervise-daemon
        command="{{Checked(agent)}}"
        command_args="daemon"
        respawn_delay=5
        respawn_max=0
        umask=0077
        error_log="/var/log/cc-agent.log"

        depend() {
            need localmount
            before cron crond cronie dcron fcron
        }

        start_pre() {
            checkpath --directory --mode 0755 --owner root:root /var/lib/croncommander
        }

        """;

    /// <summary>The run script of runit, s6 and daemontools: mode 0755, /etc/sv/cc-agent/run or the like.</summary>
    /// <inheritdoc cref="Systemd"/>
    public static string RunScript(string agent) => $"""
        #!/bin/sh
        # The agent of CcConsole under runit, s6 or daemontools: records the runs of cron's jobs.
        exec 2>&1
        [ -d /var/lib/croncommander ] || install -d -m 0755 -o root -g root /var/lib/croncommander || exit 1
        exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin {Checked(agent)} daemon

        """;

    /// <summary>
    /// The entry point of a container that runs cron: keeps the agent going beside the command that it is given, ends with it
    /// and with its exit code, and stops the agent last.
    /// </summary>
    /// <inheritdoc cref="Systemd"/>
    public static string ContainerEntry(string agent) => $$"""
        #!/bin/sh
        # Runs cron in a container with the agent of CcConsole beside it:
        #   docker run --init … --entrypoint /usr/local/bin/cc-agent-entry IMAGE cron -f
        # Keep /var/lib/croncommander on a volume: it is the record.

        [ $# -gt 0 ] || { echo "usage: $0 CRON [ARGUMENT...]   (in the foreground)" >&2; exit 2; }
        [ -d /var/lib/croncommander ] || install -d -m 0755 -o root -g root /var/lib/croncommander || exit 1

        keep_agent() {
            agent='' ending=''
            trap 'ending=1; [ -z "$agent" ] || kill "$agent"' TERM
            until [ "$ending" ]; do
                {{Checked(agent)}} daemon &
                agent=$!
                [ -z "$ending" ] || kill "$agent"
                wait "$agent"
                [ "$ending" ] || sleep 2
            done
            wait
        }

        keep_agent &
        keeper=$!
        "$@" &
        cron=$!
        trap 'kill -TERM "$cron"' TERM INT
        wait "$cron"
        code=$?
        # A signal ends the wait before cron ends.
        while kill -0 "$cron" 2>/dev/null; do
            wait "$cron"
            code=$?
        done
        kill "$keeper"
        wait "$keeper"
        exit "$code"

        """;

    /// <summary>The command of an `@reboot` entry in the user's own table, for a host without `systemd --user`.</summary>
    /// <inheritdoc cref="Systemd"/>
    public static string RebootCommand(string agent) => $"exec {Checked(agent)} daemon </dev/null >/dev/null 2>&1";

    private static bool InHome(string agent) =>
        agent.StartsWith("/home/", StringComparison.Ordinal) || agent.StartsWith("/root/", StringComparison.Ordinal)
        || agent.StartsWith("/run/user/", StringComparison.Ordinal);

    private static string Checked(string agent) => IsPath(agent) ? agent : throw new ProblemException(
        $"the agent's path {agent} cannot be named in a service",
        "put it at an absolute path of letters, digits and / . _ + - @ , = : alone, such as /usr/local/bin/cc-agent");
}
