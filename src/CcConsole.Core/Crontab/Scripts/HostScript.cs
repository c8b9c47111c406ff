using System.Text;

namespace CcConsole.Core.Crontab.Scripts;

/// <summary>
/// What the host's scripts have in common. They are POSIX sh with <c>crontab</c> and the utilities that go with every sh,
/// and answer on standard output by a frame (<see cref="HostReply"/>), so that what a login shell prints before does no
/// harm, and so that a cut connection is seen.
/// </summary>
internal static class HostScript
{
    /// <summary>The exit code of a script that came to its end as root: sudo itself never gives it.</summary>
    public const int DoneAsRoot = 77;

    /// <summary>The surroundings, a folder <c>$d</c> of its own that is gone at the end, and what writes the frame.</summary>
    public const string Start = """
        LC_ALL=C CRONTAB_NOHEADER=N
        PATH="$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
        export LC_ALL CRONTAB_NOHEADER PATH
        umask 077
        d= held= litter=
        leave() { test -z "$held" || rm -f "$held"; test -z "$litter" || rm -f "$litter".*; test -z "$d" || rm -rf "$d"; }
        # Until the folder is known to the traps that remove it (each of them: a signal may come while the last one runs).
        trap '' HUP INT PIPE TERM
        trap leave EXIT
        begin() { printf '\ncc-crontab 1\n'; }
        part() { printf '=%s %d\n' "$1" "$(wc -c <"$2")"; cat "$2"; echo; }
        finish() { printf 'status %s\nend\n' "$1"; exit "$2"; }
        fail() { printf 'cause %s\n' "$1"; test ! -s "$d/err" || part error "$d/err"; finish failed 4; }
        folder() {
            n=0
            until mkdir "${TMPDIR:-/tmp}/cc-crontab.$$.$n" 2>/dev/null; do
                n=$((n + 1))
                test $n -lt 20 || fail temporary
            done
            d=${TMPDIR:-/tmp}/cc-crontab.$$.$n
            trap 'leave; exit 129' HUP
            trap 'leave; exit 130' INT
            trap 'leave; exit 141' PIPE
            trap 'leave; exit 143' TERM
        }
        me=$(id -un 2>/dev/null)

        """;

    /// <summary>Which cron this is, as far as its crontab tells.</summary>
    public const string Kind = """
        kind=unknown
        crontab -V </dev/null >"$d/version" 2>&1
        case $(cat "$d/version") in
        *cronie*) kind=cronie ;;
        *BusyBox*) kind=busybox ;;
        *'dry run'*) kind=debian ;;
        esac
        printf 'kind %s\n' "$kind"

        """;

    /// <summary>The daemon's state and the zone, for a read's answer.</summary>
    public const string Facts = """
        test $kind != cronie || part version "$d/version"
        daemon=unknown
        if test -r /proc/1/comm; then
            daemon=none
            for f in /proc/[0-9]*/comm; do
                name=
                { read -r name <"$f"; } 2>/dev/null
                case $name in cron | crond | fcron | busybox-cron) daemon=running ;; esac
            done
        fi
        printf 'daemon %s\n' $daemon
        zone=$(readlink /etc/localtime 2>/dev/null)
        case $zone in
        */zoneinfo/*) zone=${zone##*/zoneinfo/} ;;
        *)
            zone=
            if test -r /etc/timezone; then read -r zone </etc/timezone; fi
            test -n "$zone" || test -e /etc/localtime || zone=UTC
            ;;
        esac
        test -z "$zone" || printf 'zone %s\n' "$zone"

        """;

    /// <summary>
    /// The lock of a table's user: a folder of that user (or root) alone; in it flock, or where there is none, numbered links
    /// that name their holder. A link of a dead holder is never removed: who takes over makes the next number, which only one
    /// can, however many have seen the holder dead.
    /// </summary>
    public const string Lock = """
        hash() {
            if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"
            elif command -v shasum >/dev/null 2>&1; then shasum -a 256 <"$1"
            elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha256 -r <"$1"
            fi | sed 's/[^0-9a-f].*//'
        }
        digest() { case $state in none) echo EMPTY ;; present) hash "$d/table" ;; *) echo unknown ;; esac; }
        take_new() {
            if test -n "$input"; then cat <"$input"; else cat; fi >"$d/new" || fail temporary
            sum=$(hash "$d/new")
            case $sum in ????????????????????????????????????????????????????????????????) ;; *) fail hash ;; esac
            test "$wanted" = REMOVE || test "$sum" = "$wanted" || fail incomplete
        }
        own_lock() {
            test -d "$lock" && test ! -L "$lock" && test -r "$lock" || return 1
            case $(ls -ldn "$lock" | { read -r mode links owner rest; echo "$mode $owner"; }) in
            drwx------*" $for_uid" | drwx------*" 0") ;;
            *) return 1 ;;
            esac
        }
        alive() { test -n "$1" && { test -d "/proc/$1" || kill -0 "$1" 2>/dev/null; }; }
        lock_for() {
            for_uid=$1 lock=/tmp/cc-crontab-lock-$1
            if mkdir "$lock" 2>/dev/null && test "$(id -u)" != "$for_uid"; then chown "$for_uid" "$lock"; fi
            n=0
            until own_lock; do
                # Between root's mkdir and its chown the folder cannot be read by its owner to be.
                n=$((n + 1))
                test $n -lt 15 && test -d "$lock" && test ! -L "$lock" && test ! -r "$lock" || fail lock-directory
                sleep 1
            done
            # The waiting before counts: 30 s in all, which is what the edits of an agent and its console reckon with.
            if command -v flock >/dev/null 2>&1; then
                exec 9<"$lock"
                until flock -n 9; do
                    n=$((n + 1))
                    test $n -lt 30 || fail locked
                    sleep 1
                done
                return
            fi
            while :; do
                top=0 pid=
                for f in "$lock"/held.*; do
                    i=${f##*.}
                    case $i in *[!0-9]*) continue ;; esac
                    test "$i" -le $top || top=$i
                done
                test $top = 0 || pid=$(ls -l "$lock/held.$top" 2>/dev/null | sed 's/.*-> //')
                if ! alive "$pid"; then
                    # One that is gone meanwhile was let go by its holder: looked at anew.
                    test $top = 0 || test -L "$lock/held.$top" || continue
                    if ln -s $$ "$lock/held.$((top + 1))" 2>/dev/null; then held=$lock/held.$((top + 1)); return; fi
                fi
                n=$((n + 1))
                test $n -lt 30 || fail locked
                sleep 1
            done
        }
        forbid() {
            # A folder, because mkdir follows no link that the table's user may have put there. The write holds the lock for less than a day.
            mkdir "$lock/void.$token" 2>/dev/null || test -e "$lock/void.$token" || fail lock-directory
            find "$lock" -type d -name 'void.*' -mtime +1 -exec rmdir {} \; 2>/dev/null
        }
        not_void() {
            if test -n "$token" && test -e "$lock/void.$token"; then
                rmdir "$lock/void.$token" 2>/dev/null
                fail void
            fi
        }

        """;

    /// <summary>
    /// Runs a script as root: at once where the login is root, else by <c>sudo -n</c>, whose log shows the arguments and not
    /// the script, since that goes to standard input. What comes for the script on standard input is put into a file, which is its last argument.
    /// </summary>
    /// <param name="script">The script; it begins the frame itself.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="takesInput">Whether it takes standard input.</param>
    /// <param name="unless">A condition of sh under which no root is needed.</param>
    public static string AsRoot(string script, IReadOnlyList<string> arguments, bool takesInput, string unless) => Command(
        $$"""
        script=$1
        shift
        if test "$(id -u)" = 0 || {{unless}}; then
            eval "$script"
            exit
        fi
        {{Start}}
        command -v sudo >/dev/null 2>&1 || { begin; printf 'user %s\n' "$me"; fail root; }
        folder
        {{(takesInput ? "cat >\"$d/input\" || { begin; printf 'user %s\\n' \"$me\"; fail temporary; }" : "")}}
        printf '{\n%s\n} </dev/null\n' "$script" | sudo -n /bin/sh -s -- "$@" {{(takesInput ? "\"$d/input\"" : "")}} 2>"$d/err"
        rc=$?
        # The script's own codes are others; with this one sudo itself refused.
        if test $rc = 1; then begin; printf 'user %s\n' "$me"; fail root; fi
        exit $rc

        """, [script.ReplaceLineEndings("\n"), .. arguments]);

    private static ReadOnlySpan<byte> Plain => " /.-_=:;,{}[]()<>|&"u8;

    /// <summary>
    /// One command line that every login shell (sh, bash, zsh, fish, csh) hands to /bin/sh unchanged: within single
    /// quotes there is no quote, backslash pair, line feed or <c>!</c>; printf turns the octal escapes into the script.
    /// </summary>
    public static string Command(string script, IReadOnlyList<string> arguments)
    {
        var words = string.Join(' ', arguments.Select(ShellQuote.Posix));
        var text = new StringBuilder("/bin/sh -c 'eval \"$(printf \"");
        foreach (var b in Encoding.UTF8.GetBytes($"set -- {words}\n{script.ReplaceLineEndings("\n")}"))
        {
            if (b == '%')
            {
                // Not by its code: dash looks for conversions after it has turned the escapes into characters.
                text.Append("%%");
            }
            else if (char.IsAsciiLetterOrDigit((char)b) || Plain.Contains(b))
            {
                text.Append((char)b);
            }
            else
            {
                text.Append('\\').Append((char)('0' + (b >> 6))).Append((char)('0' + ((b >> 3) & 7))).Append((char)('0' + (b & 7)));
            }
        }

        return text.Append("\")\"'").ToString();
    }
}
