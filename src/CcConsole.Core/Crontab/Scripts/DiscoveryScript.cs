namespace CcConsole.Core.Crontab.Scripts;

/// <summary>
/// The script that looks through a host: it reads, and writes nothing but its own temporary folder. What it says is bounded:
/// the files of a folder in number, each in size, all together in size; where a bound was met it says so.
/// </summary>
/// <remarks>
/// What others own is looked at as root: at once where the login is root, else by <c>sudo -n</c>, which is asked once; where
/// that is refused, the same is looked at as the login, and what it may not see is said.
/// </remarks>
internal static class DiscoveryScript
{
    /// <summary>The command line; it needs no input.</summary>
    public static string Command() => HostScript.Command(Outer, [Look.ReplaceLineEndings("\n")]);

    private const string Outer = HostScript.Start + """
        begin
        look=$1 user=
        folder
        printf 'user %s\n' "$me"

        """ + HostScript.Kind + TableScript.ReadTable + HostScript.Facts + """
        date '+now %s'
        for name in cron cronie systemd-cron fcron dcron busybox anacron bcron; do
            { dpkg-query -W -f '${db:Status-Abbrev} package ${Package} ${Version}\n' $name 2>/dev/null | sed -n 's/^i. *package/package/p'; } || :
        done
        if command -v rpm >/dev/null 2>&1; then rpm -q --qf 'package %{NAME} %{VERSION}-%{RELEASE}\n' cronie cronie-anacron fcron systemd-cron 2>/dev/null | grep '^package [^ ]* [^ ]*$'; fi
        if command -v apk >/dev/null 2>&1; then apk info -v 2>/dev/null | sed -n 's/^\(busybox\|cronie\|dcron\|fcron\)-\([0-9][^ ]*\)$/package \1 \2/p'; fi
        if test $kind = busybox; then busybox 2>/dev/null | sed -n '1s/^BusyBox v\([^ ]*\).*/package busybox \1/p'; fi
        for f in /lib/systemd/system-generators/systemd-crontab-generator /usr/lib/systemd/system-generators/systemd-crontab-generator; do
            test ! -x $f || { echo 'process systemd-cron '; break; }
        done
        for f in /proc/[0-9]*/comm; do
            name=
            { read -r name <"$f"; } 2>/dev/null
            case $name in
            cron | crond | fcron | dcron | bcron-start | busybox-cron)
                exe=$(readlink "${f%/comm}/exe" 2>/dev/null || readlink -f "$(command -v "$name")")
                case $exe in */busybox*) name=busybox ;; esac
                        printf 'process %s %s\n' "$name" "$(tr '\0\n' '  ' <"${f%/comm}/cmdline" 2>/dev/null | tr -cd ' -~' | head -c 300)" ;;
            esac
        done
        if command -v crontab >/dev/null 2>&1; then
            read_table
            printf 'own %s\n' $state
            case $state in
            present) part table "$d/table" ;;
            failed) test ! -s "$d/err" || part error "$d/err" ;;
            esac
        else
            echo 'own missing'
        fi
        # systemd.special(7), sd_booted(3): the folder is there when systemd is the system's manager.
        if test -d /run/systemd/system && command -v systemctl >/dev/null 2>&1; then
            timers() {
                which=$1
                shift
                if ! TZ=UTC0 systemctl "$@" list-timers --all --no-pager --no-legend --full >"$d/all" 2>"$d/err" </dev/null; then
                    printf 'no-timers %s\n' "$which"
                    test ! -s "$d/err" || part error "$d/err"
                    return
                fi
                printf 'timers %s\n' "$which"
                head -n 300 "$d/all" >"$d/list"
                cmp -s "$d/all" "$d/list" || echo 'cut timers'
                part list "$d/list"
                units=$(tr ' ' '\n' <"$d/list" | grep '^[A-Za-z0-9:_.@\\-]*\.timer$')
                test -n "$units" || return 0
                TZ=UTC0 systemctl "$@" show --no-pager -p Id -p Unit -p Description -p TimersCalendar -p TimersMonotonic -p UnitFileState -p ActiveState -- $units </dev/null 2>/dev/null | head -c 524288 >"$d/list"
                part timer-units "$d/list"
                units=$(sed -n 's/^Unit=//p' "$d/list" | grep '^[A-Za-z0-9:_.@\\-]*$')
                test -n "$units" || return 0
                systemctl "$@" show --no-pager -p Id -p ExecStart -p User -- $units </dev/null 2>/dev/null | head -c 524288 >"$d/list"
                part service-units "$d/list"
            }
            set -f
            timers system
            if test "$(id -u)" != 0; then
                XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
                export XDG_RUNTIME_DIR
                test ! -d "$XDG_RUNTIME_DIR/systemd" || timers own --user
            fi
            set +f
        fi
        rc=1
        if test "$(id -u)" = 0; then
            (eval "$look") </dev/null
            rc=$?
        elif command -v sudo >/dev/null 2>&1; then
            printf '{\n%s\n} </dev/null\n' "$look" | sudo -n /bin/sh -s 2>"$d/err"
            rc=$?
            # With this code sudo itself refused, before anything was done; with another one the answer is cut.
            test $rc != 1 || { echo 'sudo refused'; test ! -s "$d/err" || part error "$d/err"; }
        else
            echo 'sudo none'
        fi
        if test $rc = 1; then
            (eval "$look") </dev/null
            rc=$?
        fi
        test $rc = 77 || exit 1
        finish looked 0

        """;

    private const string Look = HostScript.Start + """
        folder
        total=0
        if test "$(id -u)" = 0; then echo 'root yes'; else echo 'root no'; fi
        facts() {
            ls -ldn "$1" 2>/dev/null | { read -r mode links owner group rest; printf 'stat %s %s %s %s\n' "$mode" "$links" "$owner" "$group"; }
            test ! -L "$1" || ls -ldnL "$1" 2>/dev/null | { read -r mode links owner group rest && printf 'leads %s %s %s %s\n' "$mode" "$links" "$owner" "$group"; }
        }
        content() {
            test -f "$1" || return 0
            # One byte more than is taken tells that there is more.
            if ! head -c 1048577 <"$1" >"$d/content" 2>/dev/null; then echo 'unread permission'; return; fi
            size=$(($(wc -c <"$d/content")))
            if test $size -gt 1048576; then echo 'unread large'; return; fi
            if test $((total + size)) -gt 8388608; then echo 'unread total'; return; fi
            total=$((total + size))
            part content "$d/content"
        }
        each() {
            # Folder, word, and whether the content is wanted.
            if test ! -d "$1"; then return; fi
            if test ! -r "$1" || test ! -x "$1"; then printf 'closed %s\n' "$1"; return; fi
            n=0 odd=0
            for f in "$1"/* "$1"/.[!.]*; do
                test -e "$f" || test -L "$f" || continue
                case $f in *[![:print:]]*) odd=$((odd + 1)); continue ;; esac
                n=$((n + 1))
                if test $n -gt 400; then printf 'cut %s\n' "$1"; break; fi
                printf '%s %s\n' "$2" "$f"
                facts "$f"
                if test "$3" = yes; then content "$f"; fi
            done
            test $odd = 0 || printf 'odd %s\n' "$1"
        }
        if test -e /etc/crontab || test -L /etc/crontab; then
            echo 'file /etc/crontab'
            facts /etc/crontab
            content /etc/crontab
        fi
        each /etc/cron.d file yes
        seen=
        for s in /var/spool/cron/crontabs /var/spool/cron/tabs /var/spool/cron /etc/crontabs; do
            real=$(cd "$s" 2>/dev/null && pwd -P) || real=$s
            case " $seen " in *" $real "*) continue ;; esac
            seen="$seen $real"
            printf 'spool %s\n' "$s"
            each "$s" spooled yes
        done
        # Who is named, and whether there is such a user: by awk on what the daemon would take for an entry.
        set -f
        names=$({
            for f in $(set +f; ls -d /etc/crontab /etc/cron.d/* 2>/dev/null); do
                if test -f "$f" && test -r "$f"; then
                    head -c 1048576 <"$f" | awk '/^[ \t]*#/ { next } $1 ~ /^@/ { print $2; next } NF > 5 { print $6 }'
                fi
            done
            for s in $seen; do ls "$s" 2>/dev/null; done
        } | grep '^[A-Za-z0-9_.@$-]*$' | sort -u | head -n 500)
        days=$(($(date +%s) / 86400))
        for name in $names; do
            case $name in
            *[!0-9]*) uid=$(id -u "$name" 2>/dev/null) ;;
            *) uid=$(sed -n "s/^$name:[^:]*:\([0-9]*\):.*/\1/p" /etc/passwd | head -n 1) ;;
            esac
            printf 'account %s %s\n' "$name" "${uid:--}"
            if test -n "$uid" && test -r /etc/shadow; then
                # Dates alone, never the password's field: last change, its age at most, days of grace, end of the account (shadow(5)).
                sed -n "s/^$name:[^:]*:\([^:]*\):[^:]*:\([^:]*\):[^:]*:\([^:]*\):\([^:]*\):.*/shadow $name $days,\1,\2,\3,\4/p" /etc/shadow 2>/dev/null | head -n 1
            fi
        done
        set +f
        if command -v run-parts >/dev/null 2>&1; then
            runner=$(readlink -f "$(command -v run-parts)" 2>/dev/null)
            case $runner in
            */busybox*) echo 'run-parts busybox' ;;
            *) case $(head -c 2 <"$runner" 2>/dev/null) in '#!') echo 'run-parts script' ;; *) echo 'run-parts debian' ;; esac ;;
            esac
        fi
        for s in /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /etc/cron.yearly \
            /etc/periodic/15min /etc/periodic/hourly /etc/periodic/daily /etc/periodic/weekly /etc/periodic/monthly; do
            test -d "$s" || continue
            printf 'folder %s\n' "$s"
            each "$s" script no
            for f in "$s/jobs.deny" "$s/jobs.allow"; do
                if test -f "$f" && test -r "$f"; then head -c 65536 <"$f" >"$d/content"; part "${f##*/}" "$d/content"; fi
            done
        done
        if test -f /etc/anacrontab; then
            echo 'anacrontab /etc/anacrontab'
            content /etc/anacrontab
            ! command -v anacron >/dev/null 2>&1 || echo 'anacron yes'
            for f in /var/spool/anacron/*; do
                day=
                { read -r day <"$f"; } 2>/dev/null
                case $day in [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]) printf 'ran %s %s\n' "$day" "${f##*/}" ;; esac
            done
        fi
        if test "$(id -u)" = 0; then
            others=
            for f in /run/user/[0-9]*; do
                if test -d "$f/systemd"; then others="$others ${f##*/}"; fi
            done
            test -z "$others" || printf 'managers%s\n' "$others"
        fi
        exit 77

        """;
}
