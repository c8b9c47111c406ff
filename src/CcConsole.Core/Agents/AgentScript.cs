using CcConsole.Core.Crontab.Scripts;

namespace CcConsole.Core.Agents;

/// <summary>
/// The scripts that look for an agent on a host, put one there, and take it away: POSIX sh with the utilities that go with
/// every sh. All but the transfer come on standard input, in braces, so that a cut one is a syntax error and does nothing.
/// </summary>
internal static class AgentScript
{
    /// <summary>What reads one of the scripts from standard input.</summary>
    public const string FromInput = "eval \"$(cat)\"";

    /// <summary>A script as it is sent.</summary>
    public static string Braced(string script) => $"{{\n{script.ReplaceLineEndings("\n")}\n}}\n";

    /// <summary>Digests, and the daemon's own word for which process it is, held against what the process runs.</summary>
    private const string Shared = """
        hash() {
            if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"
            elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1"
            elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1"
            fi | sed 's/[^0-9a-f].*//'
        }
        real= kept=
        # What a process runs is named without the links on the way to it, such as that of a home.
        where() {
            test -z "$real" || return 0
            real=$(cd "${agent%/*}" 2>/dev/null && pwd -P) && real=$real/${agent##*/} || return 1
            kept=$(cd "${previous%/*}" 2>/dev/null && pwd -P) && kept=$kept/${previous##*/} || kept=$previous
        }
        runs_agent() {
            test -n "$1" && where || return 1
            case $(readlink "/proc/$1/exe" 2>/dev/null) in "$real" | "$real (deleted)" | "$real.new (deleted)" | "$kept" | "$kept (deleted)") return 0 ;; esac
            return 1
        }
        daemon_pid() {
            p=$("$agent" status --json 2>/dev/null | sed -n 's/.*"daemon":{"pid":\([0-9]*\).*/\1/p')
            if runs_agent "$p"; then echo "$p"; fi
        }
        # Lines of a table that name the agent, paused ones too: they are to run again. Not the line that starts the daemon.
        uses_of() {
            sed -n -e '/^[[:blank:]]*#/{' -e '/^#cc-paused /!d' -e '}' -e "s|^|$1: |p" | grep -F "$agent" | sed -e "\\|$agent exec|b" -e "\\|: @reboot exec $agent daemon |d"
        }
        uses() {
            crontab -l 2>/dev/null | uses_of 'your table'
            if test "$(id -u)" = 0; then
                for f in /etc/crontab /etc/anacrontab /etc/cron.d/* /var/spool/cron/crontabs/* /var/spool/cron/* /etc/crontabs/*; do
                    # Root's own is seen already.
                    case $f in /var/spool/cron/root | /var/spool/cron/crontabs/root | /etc/crontabs/root) continue ;; esac
                    test ! -f "$f" || uses_of "$f" <"$f" 2>/dev/null
                done
            fi
        }
        going_on() {
            # A container's agent may lie at the same path, and is another's.
            here=$(readlink /proc/$$/ns/mnt 2>/dev/null)
            for p in /proc/[0-9]*; do
                if runs_agent "${p#/proc/}" && test "$(readlink "$p/ns/mnt" 2>/dev/null)" = "$here"; then
                    case $(tr '\0' ' ' <"$p/cmdline" 2>/dev/null) in *" exec "*) echo "${p#/proc/}" ;; esac
                fi
            done
        }
        manager() { XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user "$@"; }

        """;

    /// <summary>Stopping, starting and taking away, for the scripts that change something.</summary>
    private const string Service = """
        gone() {
            n=0
            while runs_agent "$1"; do
                n=$((n + 1))
                test $n -lt 30 || return 1
                sleep 1
            done
        }
        stop_daemon() {
            case $service in
            systemd) systemctl stop cc-agent ;;
            user) manager stop cc-agent ;;
            openrc) rc-service cc-agent stop ;;
            esac >/dev/null 2>&1
            for q in "$1" "$started"; do
                if runs_agent "$q"; then
                    kill -TERM "$q" 2>/dev/null
                    gone "$q" || kill -KILL "$q" 2>/dev/null
                fi
            done
            started=
        }
        direct() {
            trap - INT PIPE TERM
            cd /
            s=
            if command -v setsid >/dev/null 2>&1; then s=setsid; fi
            exec $s env -i HOME="$HOME" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin ${XDG_STATE_HOME:+"XDG_STATE_HOME=$XDG_STATE_HOME"} "$agent" daemon
        }
        start_daemon() {
            started=
            case $service in
            systemd) systemctl daemon-reload && systemctl enable cc-agent && systemctl restart cc-agent ;;
            user) manager daemon-reload && manager enable cc-agent && manager restart cc-agent ;;
            openrc) rc-update add cc-agent default && rc-service cc-agent start ;;
            direct)
                (direct) </dev/null >/dev/null 2>&1 &
                started=$!
                ;;
            esac >"$d/err" 2>&1
        }
        # Some 20 s: a busy host starts it slowly, and what does not answer is taken away again.
        answers() {
            n=0
            while :; do
                now=$(daemon_pid)
                if test -n "$now" && test "$now" != "$1" && where && test "$(readlink "/proc/$now/exe")" = "$real"; then return 0; fi
                n=$((n + 1))
                test $n -lt 20 || return 1
                sleep 0.3 2>/dev/null || sleep 1
                test $n -lt 6 || sleep 1
            done
        }
        take_away() {
            case $service in
            systemd) systemctl disable cc-agent ;;
            user) manager disable cc-agent ;;
            openrc) rc-update del cc-agent default ;;
            esac >/dev/null 2>&1
            test -z "$unit" || rm -f "$unit"
            case $service in systemd) systemctl daemon-reload ;; user) manager daemon-reload ;; esac >/dev/null 2>&1
            rm -f "$agent" "$agent.new" "$previous" "$previous.new" "$previous.old" "$record" "$record.new"
            if test -n "$group"; then
                if command -v groupdel >/dev/null 2>&1; then groupdel "$group"; else delgroup "$group"; fi >/dev/null 2>&1
            fi
        }
        write() { printf '%s' "$2" >"$1.new" && chmod "$3" "$1.new" && mv -f "$1.new" "$1"; }

        """;

    /// <summary>What is there. No arguments; changes nothing.</summary>
    public const string Probe = HostScript.Start + Shared + """
        begin
        folder
        uid=$(id -u)
        if test "$uid" = 0; then
            mode=system bin=/usr/local/bin lib=/usr/local/lib/croncommander state=/var/lib/croncommander
        else
            mode=user bin=$HOME/.local/bin lib=$HOME/.local/lib/croncommander state=${XDG_STATE_HOME:-$HOME/.local/state}/croncommander
        fi
        agent=$bin/cc-agent previous=$lib/cc-agent.previous record=$lib/install.json
        printf 'user %s\nuid %s\nhome %s\nmode %s\nagent %s\nprevious %s\nrecord-file %s\nstate %s\n' "$me" "$uid" "$HOME" $mode "$agent" "$previous" "$record" "$state"
        printf 'os %s\nmachine %s\nkernel %s\n' "$(uname -s)" "$(uname -m)" "$(uname -r)"
        for f in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib/ld-musl-*; do
            test ! -e "$f" || printf 'loader %s\n' "$f"
        done
        init=none
        if test -d /run/systemd/system && command -v systemctl >/dev/null 2>&1; then init=systemd
        elif command -v rc-service >/dev/null 2>&1 && test -d /run/openrc; then init=openrc
        fi
        printf 'init %s\n' $init
        if test -e "/var/lib/systemd/linger/$me" && manager show-environment >/dev/null 2>&1; then echo 'manager yes'; fi
        command -v gzip >/dev/null 2>&1 && echo 'gzip yes'
        test "$uid" != 0 || { grep '^croncommander:' /etc/group >/dev/null 2>&1 && echo 'group yes'; }
        missing() {
            test -d "$1" && return
            case $1 in */*) missing "${1%/*}" ;; esac
            case $named in *"|$1|"*) ;; *) printf '%s %s\n' $key "$1"; named="$named|$1|" ;; esac
        }
        named= key=missing
        missing "$bin"; missing "$lib"; missing "$state"
        unitdir=/etc/systemd/system
        if test $mode = user; then
            unitdir=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user key=missing-unit
            # systemctl enable makes the last one, and does not take it away again.
            missing "$unitdir/default.target.wants"
        fi
        printf 'unit-folder %s\n' "$unitdir"
        f=$bin
        while test ! -d "$f" && test -n "$f"; do f=${f%/*}; done
        df -Pk "${f:-/}" 2>/dev/null | { read -r heading; read -r device size used free rest; printf 'free %s\n' "${free:-}"; }
        if test -e "$agent" || test -L "$agent"; then
            printf 'digest %s\nversion %s\n' "$(hash "$agent")" "$("$agent" --version 2>/dev/null </dev/null | sed -n '1s/^cc-agent //p')"
            "$agent" status --json </dev/null >"$d/status" 2>"$d/err"
            part status "$d/status"
        fi
        if test -e "$previous"; then
            printf 'previous-digest %s\nprevious-version %s\n' "$(hash "$previous")" "$("$previous" --version 2>/dev/null </dev/null | sed -n '1s/^cc-agent //p')"
        fi
        if test -e "$record"; then cat "$record" >"$d/record" && part record "$d/record"; fi
        daemon=$(daemon_pid)
        printf 'daemon %s\n' "$daemon"
        uses >"$d/uses"
        part uses "$d/uses"
        printf 'runs %s\n' "$(going_on | wc -l | tr -d ' ')"
        finish done 0
        """;

    /// <summary>
    /// Puts the bytes of standard input beside the agent's place and looks whether they are it, and whether it runs there. Arguments:
    /// agent, previous, SHA-256, gz or raw or previous, version or nothing, record file, record or nothing, folders to be made.
    /// </summary>
    public const string Transfer = HostScript.Start + """
        hash() {
            if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"
            elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1"
            elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1"
            fi | sed 's/[^0-9a-f].*//'
        }
        begin
        folder
        agent=$1 previous=$2 sum=$3 form=$4 version=$5 record=$6 text=$7
        shift 7
        made= good= noted= coming=$agent.$$
        undo() {
            test -z "$good" || return 0
            rm -f "$coming"
            test -z "$noted" || rm -f "$record"
            for f in $made; do rmdir "$f" 2>/dev/null; done
        }
        leave() { undo; test -z "$d" || rm -rf "$d"; }
        for f; do
            mkdir "$f" 2>"$d/err" || fail folder
            chmod 755 "$f"
            made="$f $made"
        done
        if test -n "$text"; then noted=1; printf '%s' "$text" >"$record" 2>"$d/err" || fail write; chmod 644 "$record"; fi
        case $form in
        gz) gzip -dc ;;
        raw) cat ;;
        previous) cat "$previous" ;;
        esac >"$coming" 2>"$d/err" || fail write
        got=$(hash "$coming")
        case $got in ????????????????????????????????????????????????????????????????) ;; *) fail hash ;; esac
        test "$got" = "$sum" || fail incomplete
        chmod 755 "$coming" || fail write
        says=$("$coming" --version 2>"$d/err" </dev/null) || fail runs
        case $says in "cc-agent $version"*) ;; *) printf '%s\n' "$says" >"$d/err"; fail version ;; esac
        # Under the name that is put in place only what is whole: two consoles may send at once.
        mv -f "$coming" "$agent.new" 2>"$d/err" || fail write
        printf 'version %s\n' "${says#cc-agent }"
        good=1
        finish done 0
        """;

    /// <summary>
    /// Puts what was transferred into the agent's place, starts it, and looks whether its daemon answers; if it does not, all is
    /// as before. Arguments: agent, previous, SHA-256, service, unit file, unit, its mode, group or nothing, record file, record, yes when the host
    /// had no agent, state, folders that are to go when it fails.
    /// </summary>
    public const string Commit = HostScript.Start + Shared + Service + """
        begin
        folder
        agent=$1 previous=$2 sum=$3 service=$4 unit=$5 text=$6 unitmode=$7 group=$8 record=$9
        shift 9
        entry=$1 fresh=$2 state=$3
        shift 3
        started= old=
        # From here on it is carried through, whoever hears of it.
        trap '' HUP INT PIPE TERM
        test "$(hash "$agent.new")" = "$sum" || fail incomplete
        if test "$fresh" = yes; then
            if test -e "$agent"; then rm -f "$agent.new"; fail appeared; fi
        else
            old=$(daemon_pid)
            test ! -e "$previous" || mv -f "$previous" "$previous.old" 2>"$d/err" || fail write
            { cp -p "$agent" "$previous.new" && mv -f "$previous.new" "$previous"; } 2>"$d/err" || {
                rm -f "$previous.new" "$agent.new"
                test ! -e "$previous.old" || mv -f "$previous.old" "$previous"
                fail write
            }
        fi
        back() {
            stop_daemon "$(daemon_pid)"
            if test "$fresh" = yes; then
                take_away
                if test "$state_made" = yes; then chattr -R -a "$state" 2>/dev/null; rm -rf "$state"; fi
                for f; do rmdir "$f" 2>/dev/null; done
                return
            fi
            mv -f "$previous" "$agent"
            if test -e "$d/unit"; then cp -p "$d/unit" "$unit.new" && mv -f "$unit.new" "$unit"; fi
            test ! -e "$previous.old" || mv -f "$previous.old" "$previous"
            if test -n "$old" || test "$service" != direct; then
                cp "$d/err" "$d/why"
                start_daemon
                answers "" || echo 'the agent as it was before does not answer either' >>"$d/why"
                cp "$d/why" "$d/err"
            fi
        }
        state_made=
        case " $* " in *" $state "*) state_made=yes ;; esac
        wanted=$group group=
        if test -n "$wanted"; then
            if command -v groupadd >/dev/null 2>&1; then groupadd --system "$wanted"; else addgroup -S "$wanted"; fi >"$d/err" 2>&1 || { back "$@"; fail group; }
            group=$wanted
        fi
        mv -f "$agent.new" "$agent" 2>"$d/err" || { back "$@"; fail write; }
        if test -n "$unit"; then
            test ! -e "$unit" || cp -p "$unit" "$d/unit"
            write "$unit" "$text" "$unitmode" 2>"$d/err" || { back "$@"; fail write; }
        fi
        stop_daemon "$old"
        start_daemon
        if ! answers "$old"; then
            # Its own words: started once more, in the foreground, for a moment.
            (direct) </dev/null >"$d/said" 2>&1 &
            p=$!
            sleep 1
            kill -TERM $p 2>/dev/null
            wait $p 2>/dev/null
            cat "$d/said" >>"$d/err"
            back "$@"
            fail check
        fi
        rm -f "$previous.old"
        write "$record" "$entry" 644 2>"$d/err" || fail record
        printf 'daemon %s\n' "$now"
        finish done 0
        """;

    /// <summary>
    /// Takes away what the record names. Arguments: agent, previous, service, unit file, group or nothing, record file, state, yes to
    /// take the record of the runs too, folders that were made, the innermost first.
    /// </summary>
    public const string Remove = HostScript.Start + Shared + Service + """
        begin
        folder
        agent=$1 previous=$2 service=$3 unit=$4 group=$5 record=$6 state=$7 purge=$8
        shift 8
        started=
        uses >"$d/err"
        test ! -s "$d/err" || fail used
        going_on >"$d/err"
        test ! -s "$d/err" || fail runs-go-on
        : >"$d/err"
        trap '' HUP INT PIPE TERM
        stop_daemon "$(daemon_pid)"
        test -z "$(daemon_pid)" || fail stops-not
        take_away
        sock=/tmp/cc-agent-$(id -u)
        if test "$purge" = yes; then
            if test -d "$state" && test ! -L "$state"; then
                chattr -R -a "$state" 2>/dev/null
                rm -rf "$state" 2>"$d/err" || fail state
            fi
            if test -d "$sock" && test ! -L "$sock"; then rm -rf "$sock"; fi
        else
            rmdir "$sock" 2>/dev/null
        fi
        for f; do rmdir "$f" 2>/dev/null; done
        test ! -e "$agent" || fail write
        finish done 0
        """;
}
