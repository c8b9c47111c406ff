namespace CcConsole.Core.Jobs;

/// <summary>The shell text of a run on its host. POSIX sh, and the utilities that go with every sh.</summary>
internal static class HostRunScript
{
    /// <summary>
    /// Tells what <see cref="RunFacts"/> holds, in the frame of <see cref="Crontab.Scripts.HostReply"/>. Arguments: the user, or nothing for
    /// the login user; <c>=</c> and the HOME that the table sets, or nothing when it sets none.
    /// </summary>
    public const string Facts = """
        LC_ALL=C
        PATH="$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
        export LC_ALL PATH
        user=$1
        printf '\ncc-crontab 1\n'
        text() { printf '=%s %d\n' "$1" "$(printf %s "$2" | wc -c)"; printf '%s\n' "$2"; }
        part() { printf '=%s %d\n' "$1" "$(wc -c <"$2")"; cat "$2"; echo; }
        finish() { printf 'status %s\nend\n' "$1"; exit; }
        fail() { text error "$2"; finish "$1"; }
        self=$(id -u)
        test -n "$user" || user=$(id -un)
        account() {
            while IFS=: read -r name _ uid gid _ home _; do
                test "$name" != "$user" || return 0
            done
            return 1
        }
        text user "$user"
        account <<end || account </etc/passwd || fail user ''
        $(getent passwd "$user" 2>/dev/null)
        end
        printf 'uid %s\ngid %s\n' "$uid" "$gid"
        text home "$home"
        if test "$uid" = "$self"; then
            become=same
            as() { "$@"; }
        elif test "$self" = 0; then
            if setpriv --reuid="$uid" --regid="$gid" --init-groups true 2>/dev/null; then
                become=setpriv
                as() { setpriv --reuid="$uid" --regid="$gid" --init-groups "$@"; }
            elif command -v runuser >/dev/null 2>&1; then
                become=runuser
                as() { runuser -u "$user" -- "$@"; }
            elif command -v su >/dev/null 2>&1; then
                become=su
                as() { cc_directory=$5 su -s /bin/sh -c 'cd -P -- "$cc_directory" 2>/dev/null' "$user"; }
            else
                fail become ''
            fi
        elif command -v sudo >/dev/null 2>&1; then
            become=sudo
            as() { sudo -n -u "$user" -- "$@"; }
            said=$(as /bin/sh -c : 2>&1 </dev/null) || fail sudo "$said"
        else
            fail nosudo ''
        fi
        printf 'become %s\n' $become
        if command -v setsid >/dev/null 2>&1; then echo 'session setsid'
        elif command -v perl >/dev/null 2>&1; then echo 'session perl'
        else echo 'session none'
        fi
        case $(crontab -V </dev/null 2>&1) in
        *cronie*) kind=cronie ;;
        *BusyBox*) kind=busybox ;;
        *'dry run'*) kind=debian ;;
        *) kind=unknown ;;
        esac
        printf 'kind %s\n' $kind
        directory=$home
        case $kind-$2 in
        busybox-* | *-) ;;
        cronie-'=~'*) directory=$home${2#??} ;;
        *-=/*) directory=${2#=} ;;
        *-=) directory= ;;
        *) directory=/var/spool/cron/${2#=} ;;
        esac
        if test -n "$directory" && as /bin/sh -c 'cd -P -- "$1" 2>/dev/null' sh "$directory" </dev/null; then echo 'directory yes'; else echo 'directory no'; fi
        is_daemon() {
            name=
            { read -r name <"/proc/$1/comm"; } 2>/dev/null
            case $name in cron | crond | busybox-cron) ;; *) return 1 ;; esac
            # Anyone can give a process that name, and a set-user-ID program as well: root's by its real number too, and the program itself.
            real=
            { while read -r key real effective saved rest; do test "$key" != Uid: || break; done <"/proc/$1/status"; } 2>/dev/null
            test "$key $real $effective $saved" = 'Uid: 0 0 0' || return 1
            exe=$(readlink "/proc/$1/exe" 2>/dev/null)
            exe=${exe% (deleted)}
            case ${exe##*/} in '') test "$self" != 0 ;; cron | crond | busybox*) ;; *) return 1 ;; esac
        }
        daemon=
        for f in /run/crond.pid /var/run/crond.pid; do
            pid=
            if test -z "$daemon" && test -r $f; then read -r pid <$f; fi
            case $pid in '' | *[!0-9]*) ;; *) if is_daemon "$pid"; then daemon=$pid; fi ;; esac
        done
        if test -z "$daemon"; then
            for f in /proc/[0-9]*; do
                if is_daemon "${f#/proc/}"; then daemon=${f#/proc/}; break; fi
            done
        fi
        if test -n "$daemon"; then
            sed -n -e 's/^Umask:[[:space:]]*/umask /p' -e 's/^SigIgn:[[:space:]]*/ignored /p' "/proc/$daemon/status" 2>/dev/null
            if test $kind != debian && test -r "/proc/$daemon/environ"; then part environ "/proc/$daemon/environ"; fi
            if test $kind = cronie; then
                case " $(tr '\0' ' ' <"/proc/$daemon/cmdline" 2>/dev/null) " in *' -'[!-]*P*) echo 'keeps-path yes' ;; esac
            fi
        fi
        rules=$(grep -E '^[^#]*(pam_env\.so|include|substack)' /etc/pam.d/* /dev/null 2>/dev/null)
        text rules "$rules"
        for f in /etc/environment $(printf '%s\n' "$rules" | sed -n 's/.*envfile=\([^] ]*\).*/\1/p'); do
            if test -f "$f" && test -r "$f"; then part "file:$f" "$f"; fi
        done
        if test -r /etc/security/pam_env.conf && grep -qv '^[[:space:]]*\(#.*\)\{0,1\}$' /etc/security/pam_env.conf; then echo 'pam-configuration yes'; fi
        finish good
        """;

    /// <summary>
    /// Becomes the command. Arguments: file mode mask, PIPE or nothing, directory, path of the shell, then what env gets: variables, the shell, its
    /// arguments. Neither writes nor leaves anything that cron would not.
    /// </summary>
    public const string Enter = """
        umask "$1"
        test -z "$2" || trap '' PIPE
        shift
        cd -P -- "$2" || exit 1
        case $3 in
        */*)
            if test ! -e "$3"; then printf '%s: execle: No such file or directory\n' "${3#./}" >&2; exit 1; fi
            if test -d "$3" || test ! -x "$3"; then printf '%s: execle: Permission denied\n' "${3#./}" >&2; exit 1; fi ;;
        '') echo ': execle: No such file or directory' >&2; exit 1 ;;
        esac
        shift 3
        exec env -i -- "$@"
        """;

    /// <summary>
    /// Starts the command in a session of its own (by the words in <c>$@</c>) and watches it. What goes on: standard input is the
    /// control: a line TERM or KILL is a signal, its end means that nobody watches any more. The end of the command is told by a
    /// line on standard error, which begins with <c>$mark</c>. Set before: input, mark, grace (seconds).
    /// </summary>
    /// <remarks>
    /// The command runs in the foreground of a pipeline, since sh has what runs in the background ignore SIGINT and SIGQUIT; the
    /// watcher is the pipeline's other end. It ignores what may end a session, so that it sees its input end.
    /// </remarks>
    public const string Watch = """
        exec 3<&0 4>&1 5>&2 </dev/null
        {
            printf %s "$input" | "$@" 3<&-
            code=$?
            echo "exit $code"
            printf '%s exit %s\n' "$mark" $code >&5
        } 6>&1 | {
            trap '' HUP INT QUIT TERM PIPE
            exec 4>&- 5>&-
            alive() { kill -s 0 -- "-$pid" 2>/dev/null; }
            stop() {
                kill -s TERM -- "-$pid" 2>/dev/null
                n=0
                while alive && test $n -lt $grace; do
                    sleep 1
                    n=$((n + 1))
                done
                kill -s KILL -- "-$pid" 2>/dev/null
            }
            read -r word pid
            test "$word" = pid || exit "${pid:-125}"
            stopped=
            while read -r word <&3; do
                case $word in
                TERM) stopped=yes; stop ;;
                KILL) stopped=yes; kill -s KILL -- "-$pid" 2>/dev/null ;;
                esac
            done
            if test -z "$stopped" && kill -s 0 "$pid" 2>/dev/null; then stop; fi
            read -r word code
            exit "${code:-125}"
        }
        """;

    /// <summary>What stands between the new session and <see cref="Enter"/>: tells the watcher the number, and gives the command its streams.</summary>
    public const string Announce = """
        echo "pid $$" >&6
        printf '%s start %s\n' "$1" $$ >&5
        shift
        exec >&4 2>&5 4>&- 5>&- 6>&-

        """;
}
