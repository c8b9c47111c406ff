using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Systemd;

/// <summary>
/// The published agent under a real systemd with the unit that it prints: a system manager of the test's own, first process
/// of a process namespace, with folders of its own where it and the agent write.
/// </summary>
public class UnitTests
{
    // What the manager does in its namespaces before it takes over. $F is the test's folder. The watchdog's time is long enough for an
    // agent whose machine has other things to do.
    private const string Boot = """
        set -e
        U=/run/units
        mount -t tmpfs -o mode=0755 tmpfs /run; mkdir -p $U /run/lock
        mount -t tmpfs -o mode=0755 tmpfs /var/lib
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        # An /etc of its own, which no useradd of another test replaces files in (one that does so just now may take a file away
        # from under cp); in it a group of the name that the agent's settings have by default.
        mkdir /run/etc
        cp -a /etc/. /run/etc/ 2>/dev/null || cp -a /etc/. /run/etc/ 2>/dev/null || test -s /run/etc/passwd
        rm -rf /run/etc/systemd/system
        { grep -v '^croncommander:' /etc/group; echo 'croncommander:x:4711:daemon'; } >/run/etc/group
        mount --bind /run/etc /etc
        for target in sysinit basic shutdown multi-user umount final rescue emergency; do
            printf '[Unit]\nDefaultDependencies=no\n' >$U/$target.target
        done
        cp "$AGENT" /run/cc-agent
        # A /tmp of its own, where a user's agent has its socket.
        mkdir /run/test; mount --bind $F /run/test; F=/run/test
        mount -t tmpfs -o mode=1777 tmpfs /tmp
        if [ "$1" = user ]; then
            echo 'someone:x:4712:4712::/run/home:/bin/sh' >>/run/etc/passwd
            echo 'someone:x:4712:' >>/run/etc/group
            install -d -m 0700 -o 4712 -g 4712 /run/home /run/user/4712
            U2=/run/home/.config/systemd/user
            setpriv --reuid=4712 --regid=4712 --clear-groups sh -c "mkdir -p $U2/cc-agent.service.d $U2/default.target.wants
                /run/cc-agent unit user >$U2/cc-agent.service && ln -s ../cc-agent.service $U2/default.target.wants/
                printf '[Service]\nWatchdogSec=15\nRestartSec=0\n' >$U2/cc-agent.service.d/soon.conf"
            # As user@.service has it.
            cat >$U/cc-agent.service <<END
        [Service]
        User=someone
        Type=notify
        ExecStart=/lib/systemd/systemd --user
        Environment=XDG_RUNTIME_DIR=/run/user/4712
        UnsetEnvironment=SYSTEMD_UNIT_PATH
        Delegate=yes
        KillMode=mixed
        END
        else
        /run/cc-agent unit systemd >$U/cc-agent.service
        mkdir $U/cc-agent.service.d; printf '[Service]\nWatchdogSec=15\nRestartSec=0\n' >$U/cc-agent.service.d/soon.conf
        fi
        printf '[Unit]\nDefaultDependencies=no\nWants=cc-agent.service look.service\n' >$U/start.target
        cat >$U/look.service <<END
        [Unit]
        After=cc-agent.service
        [Service]
        Type=oneshot
        StandardOutput=file:$F/out
        StandardError=file:$F/out
        ExecStart=/bin/sh $F/look
        ExecStopPost=/bin/systemctl exit --force
        END
        export container=test SYSTEMD_UNIT_PATH=$U
        exec /lib/systemd/systemd --system --unit=start.target
        """;

    // What a service of its own sees once the agent has said that it is ready.
    private const string Look = """
        show() { systemctl show cc-agent -p "$1" --value; }
        pid=$(show MainPID)
        echo "state: $(show ActiveState) $(show StatusText)"
        # A thread may end between the shell's look at the folder and grep's at the file: what is left tells.
        grep -hE '^(CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp|Groups):' /proc/$pid/task/*/status 2>/dev/null | sort -u | sed 's/[[:space:]]\{1,\}/ /g; s/ $//'
        echo "root: $(awk '$5 == "/" { print substr($6, 1, 2) }' /proc/$pid/mountinfo) state: $(awk '$5 == "/var/lib/croncommander" { print substr($6, 1, 2) }' /proc/$pid/mountinfo)"
        stat -c '%n %U %G %a' /var/lib/croncommander /var/lib/croncommander/cc-agent.sock
        /run/cc-agent exec --job-id root -- /bin/sh -c 'exit 3'; echo "job: $?"
        as() { setpriv --reuid=$1 --regid="$(id -g $1)" --init-groups /run/cc-agent exec --job-id $1 --socket-path /var/lib/croncommander/cc-agent.sock -- /bin/true; echo "job: $?"; }
        as daemon
        as nobody
        n=0; until [ "$(/run/cc-agent report list | wc -l)" = 3 ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done
        /run/cc-agent report list --json | sed 's/.*"uid":\([0-9]*\).*/reported by \1/'
        /run/cc-agent status --json | sed 's/.*"appendOnly":"\([^"]*\)".*/append-only: \1/'
        # A daemon that hangs is started again.
        kill -STOP "$pid"
        n=0; until [ "$(show NRestarts)" = 1 ] && [ "$(show ActiveState)" = active ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done
        echo "result: $(show NRestarts) $(show ActiveState)"
        systemctl stop cc-agent
        echo "stopped: $(show ActiveState) $(show Result)"
        /run/cc-agent audit show --json | sed 's/.*"event": *"\([a-z.]*\)".*/\1/' | grep '^agent'
        /run/cc-agent audit verify >/dev/null; echo "verify: $?"
        """;

    private const string LookAsUser = """
        as() { setpriv --reuid=4712 --regid=4712 --init-groups env HOME=/run/home XDG_RUNTIME_DIR=/run/user/4712 "$@"; }
        show() { as systemctl --user show cc-agent -p "$1" --value; }
        n=0; until [ "$(show ActiveState)" = active ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done
        pid=$(show MainPID)
        echo "state: $(show ActiveState) $(show StatusText)"
        grep -hE '^(CapPrm|CapEff|NoNewPrivs|Uid):' /proc/$pid/task/*/status 2>/dev/null | sort -u | sed 's/[[:space:]]\{1,\}/ /g; s/ $//'
        echo "its shell for crontab(1): $(ps -o pid= --ppid "$pid" | while read -r child; do grep -s NoNewPrivs "/proc/$child/status"; done | tr '\t' ' ')"
        as /run/cc-agent exec --job-id a -- /bin/sh -c 'exit 3'; echo "job: $?"
        n=0; until [ "$(as /run/cc-agent report list | wc -l)" = 1 ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done
        as /run/cc-agent report list --json | sed 's/.*"uid":\([0-9]*\).*/reported by \1/'
        kill -STOP "$pid"
        n=0; until [ "$(show NRestarts)" = 1 ] && [ "$(show ActiveState)" = active ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done
        echo "result: $(show NRestarts) $(show ActiveState)"
        as systemctl --user stop cc-agent
        echo "stopped: $(show ActiveState) $(show Result)"
        """;

    [Fact]
    public async Task Under_systemd_the_agent_runs_confined_is_watched_and_takes_everyones_reports()
    {
        Assert.Equal("""
            state: active ready: /var/lib/croncommander/cc-agent.sock
            CapBnd: 0000000000000004
            CapEff: 0000000000000004
            CapPrm: 0000000000000004
            Groups: 4711
            NoNewPrivs: 1
            Seccomp: 2
            root: ro state: rw
            /var/lib/croncommander root root 755
            /var/lib/croncommander/cc-agent.sock root croncommander 660
            job: 3
            job: 0
            job: 0
            reported by 0
            reported by 1
            reported by 65534
            append-only: on
            result: 1 active
            stopped: inactive success
            agent.started
            agent.started
            agent.stopped
            verify: 0

            """, await SeenAsync("system", Look));
    }

    [Fact]
    public async Task Under_a_users_own_systemd_the_agent_runs_confined_and_is_watched()
    {
        Assert.Equal("""
            state: active ready: /tmp/cc-agent-4712/cc-agent.sock
            CapEff: 0000000000000000
            CapPrm: 0000000000000000
            NoNewPrivs: 1
            Uid: 4712 4712 4712 4712
            its shell for crontab(1): NoNewPrivs: 0
            job: 3
            reported by 4712
            result: 1 active
            stopped: inactive success

            """, await SeenAsync("user", LookAsUser));
    }

    private static async Task<string> SeenAsync(string mode, string look)
    {
        var folder = Directory.CreateTempSubdirectory("cc-systemd-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ED);
        try
        {
            await File.WriteAllTextAsync(folder + "/boot", Boot);
            await File.WriteAllTextAsync(folder + "/look", look);
            var result = await ProgramRun.RunAsync(
                "/usr/bin/unshare",
                ["--pid", "--fork", "--kill-child", "--mount", "--propagation", "private", "--mount-proc", "--uts", "--ipc", "--cgroup", "--net", "/bin/sh", folder + "/boot", mode],
                new Dictionary<string, string?> { ["AGENT"] = Published.Agent, ["F"] = folder }, directory: "/", seconds: 300);
            return File.Exists(folder + "/out") ? await File.ReadAllTextAsync(folder + "/out") : result.ToString();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
