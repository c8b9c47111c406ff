namespace CcConsole.Core.Crontab.Scripts;

/// <summary>The scripts that read and write a system table, a file that the daemon reads itself. Writing needs root, or <c>sudo -n</c>.</summary>
/// <remarks>
/// The new file is made beside the old one under a name that no daemon reads (it begins with a full stop), as a copy that
/// keeps owner, mode, ACL, extended attributes and SELinux context where the host's <c>cp -a</c> can; brought to disk
/// (<c>sync FILE</c>, and where that is not known <c>sync</c>), renamed, the folder brought to disk, and read again.
/// </remarks>
internal static class FileScript
{
    // In a folder that may not be entered nothing can be told to be absent.
    private const string Readable = """{ test -r "$1" || { test ! -e "$1" && test ! -L "$1" && test -x "${1%/*}"; }; }""";

    /// <summary>Reads the file, and tells which cron this is.</summary>
    public static string Read(string path) => HostScript.AsRoot(Open + HostScript.Kind + ReadFile + HostScript.Facts + Answer, [path], takesInput: false, Readable);

    /// <summary>Reads the file when no write is under way, and makes sure that the write of that token does not come after.</summary>
    public static string Settle(string path, string token) => HostScript.AsRoot(
        Open + HostScript.Kind + ReadFile + HostScript.Lock + "lock_for 0\nforbid\n" + HostScript.Facts + Answer, [path, "", "", token], takesInput: false, "false");

    /// <summary>Compares and swaps.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">SHA-256 of the file that is expected, or EMPTY for none.</param>
    /// <param name="wanted">SHA-256 of the new one, which comes on standard input; or REMOVE.</param>
    /// <param name="token">The write's token; may be empty.</param>
    /// <param name="users">The users that the new one names and the old one does not: they must exist.</param>
    public static string Write(string path, string expected, string wanted, string token, IEnumerable<string> users) => HostScript.AsRoot(
        Open + HostScript.Kind + ReadFile + HostScript.Lock + CompareAndSwap, [path, expected, wanted, token, string.Join(' ', users)], takesInput: true, "false");

    private const string Open = HostScript.Start + """
        begin
        file=$1 expected=$2 wanted=$3 token=$4 users=$5 input=$6
        folder
        printf 'user %s\n' "$me"
        printf 'file %s\n' "$file"

        """;

    private const string ReadFile = """
        read_table() {
            state=failed
            : >"$d/table"
            if test -e "$file" || test -L "$file"; then
                test -f "$file" || { echo 'it is no regular file' >"$d/err"; return; }
                test -r "$file" || { echo 'Permission denied' >"$d/err"; return; }
                state=full
                cat <"$file" >"$d/table" 2>"$d/err" && state=present
            elif test -x "${file%/*}" || test ! -e "${file%/*}"; then
                state=none
            else
                echo 'Permission denied' >"$d/err"
            fi
        }

        """;

    private const string Answer = """
        read_table
        case $state in failed) fail file ;; full) fail temporary ;; esac
        test $state != present || part table "$d/table"
        finish $state 0

        """;

    private const string CompareAndSwap = """
        take_new
        test -d "${file%/*}" || fail no-folder
        test ! -L "$file" || { readlink "$file" >"$d/err"; fail link; }
        set -f
        for name in $users; do
            case $name in *[!0-9]*) id -u "$name" >/dev/null 2>&1 ;; *) grep -q "^$name:" /etc/passwd ;; esac || { printf '%s\n' "$name" >"$d/err"; fail no-user; }
        done
        set +f
        lock_for 0
        not_void
        compare() {
            read_table
            case $state in failed) fail file ;; full) fail temporary ;; esac
            test "$(digest)" != "$expected" || return 0
            test $state != present || part table "$d/table"
            printf 'table %s\n' $state
            finish changed 3
        }
        compare
        if test $state = none && test "$wanted" = REMOVE; then finish written 0; fi
        # What a run that was killed has left behind there is ours alone, under the lock.
        rm -f "${file%/*}/.cc-crontab.${file##*/}".*
        litter=${file%/*}/.cc-crontab.${file##*/}
        new=$litter.new old=$litter.old
        status() { ls -ldn "$1" | { read -r mode links owner group rest; echo "${mode%[.+@]} $links $owner $group"; }; }
        was=$state before=
        if test $was = present; then
            before=$(status "$file")
            cp -a "$file" "$old" 2>"$d/err" && cp -a "$file" "$new" 2>"$d/err" || fail write
        else
            (set -C; : >"$new") 2>"$d/err" && chmod 644 "$new" && chown 0:0 "$new" || fail write
            before=$(status "$new")
        fi
        if test "$wanted" != REMOVE; then
            cat "$d/new" >"$new" 2>"$d/err" || fail write
            test "$(hash "$new")" = "$wanted" || fail write
            # A link more than one is not copied: the daemon ignores such a file, and this one it will read.
            test "$(status "$new" | sed 's/ [0-9]* / /')" = "$(printf '%s\n' "$before" | sed 's/ [0-9]* / /')" || fail attributes
            # The daemons tell a new content by the second of its time.
            if test $was = present && test "$(date -r "$new" +%s 2>/dev/null)" = "$(date -r "$old" +%s 2>/dev/null)"; then sleep 1; touch "$new"; fi
            sync "$new" 2>/dev/null || sync
        fi
        # To make the new file may have taken seconds, and who edits this one by hand knows nothing of the lock.
        compare
        # From here on to the verdict nothing but a kill ends this script; the rename is one stroke.
        trap '' HUP INT PIPE TERM
        goal=$wanted
        if test "$wanted" = REMOVE; then
            goal=EMPTY
            rm -f "$file" 2>"$d/said"
        else
            mv -f "$new" "$file" 2>"$d/said"
        fi
        rc=$?
        sync "${file%/*}" 2>/dev/null || sync
        read_table
        if test $rc = 0 && test "$(digest)" = "$goal"; then finish written 0; fi
        after=unchanged
        case $state in failed | full) after=unknown ;; esac
        if test $after = unchanged && test "$(digest)" != "$expected"; then
            # Another editor may have written it in between: what is taken away goes to whoever asked for the write.
            # Where nobody hears it, it stays.
            after=lost
            if test $state != present || part displaced "$d/table"; then
                if test $was = none; then rm -f "$file"; else mv -f "$old" "$file"; fi >/dev/null 2>&1
                sync "${file%/*}" 2>/dev/null || sync
                read_table
                test "$(digest)" != "$expected" || after=restored
            fi
        fi
        printf 'after %s\n' $after
        mv "$d/said" "$d/err"
        if test $rc = 0; then fail differs; fi
        fail write

        """;
}
