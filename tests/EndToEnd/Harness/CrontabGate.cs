namespace EndToEnd.Harness;

/// <summary>
/// A gate in front of the hosts' real <c>crontab</c>: a test closes it at a point, waits until a command stands there, does what it
/// came for, and opens it again; whoever comes after that one stands there too. It is the real program that reads and installs. Within
/// the hosts' mount namespace alone.
/// </summary>
public sealed class CrontabGate : IDisposable
{
    /// <summary>Before a table is read.</summary>
    public const string List = "list";

    /// <summary>Before a table is installed.</summary>
    public const string Install = "install";

    /// <summary>After a table was installed, before anybody knows.</summary>
    public const string Installed = "installed";

    private readonly LiveHosts _hosts;

    private CrontabGate(LiveHosts hosts) => _hosts = hosts;

    /// <summary>The real crontab, past the gate.</summary>
    public string Crontab => $"{_hosts.Cron.Root}/real-crontab";

    private string Folder => $"{_hosts.Cron.Root}/gate";

    public static async Task<CrontabGate> BuildAsync(LiveHosts hosts)
    {
        var gate = new CrontabGate(hosts);
        Directory.CreateDirectory(gate.Folder);
        // Not sticky: the accounts move what the test has put there.
        File.SetUnixFileMode(gate.Folder, (UnixFileMode)0b111_111_111);
        await File.WriteAllTextAsync($"{gate.Folder}/lock", "");
        File.SetUnixFileMode($"{gate.Folder}/lock", (UnixFileMode)0b110_110_110);
        string shim = $"{hosts.Cron.Root}/gated-crontab";
        await ScriptFile.WriteAsync(shim, $$"""
            #!/bin/sh
            # One at a time: two that come at once are counted as two.
            passes() (
                flock 9
                test ! -e {{gate.Folder}}/at-$1 || exit 1
                read -r pass <{{gate.Folder}}/close-$1 || exit 0
                if test "$pass" -gt 0; then echo $((pass - 1)) >{{gate.Folder}}/close-$1; exit 0; fi
                mv {{gate.Folder}}/close-$1 {{gate.Folder}}/at-$1
                exit 1
            ) 9>>{{gate.Folder}}/lock
            stand() {
                passes $1 || while test -e {{gate.Folder}}/at-$1; do sleep 0.02; done
            }
            trap '' HUP INT PIPE TERM
            case " $* " in
            *' -l '*) stand list 2>/dev/null ;;
            *' - '*)
                stand install 2>/dev/null
                {{gate.Crontab}} "$@"
                code=$?
                stand installed 2>/dev/null
                exit $code
                ;;
            esac
            exec {{gate.Crontab}} "$@"

            """);
        await hosts.AsRootAsync($": >{gate.Crontab} && mount --bind /usr/bin/crontab {gate.Crontab} && mount --bind {shim} /usr/bin/crontab");
        return gate;
    }

    /// <summary>Closes the gate at a point.</summary>
    /// <param name="point">Where.</param>
    /// <param name="pass">How many commands pass that point before.</param>
    public void Close(string point, int pass = 0)
    {
        string file = $"{Folder}/close-{point}";
        File.WriteAllText(file + ".new", $"{pass}\n");
        File.SetUnixFileMode(file + ".new", (UnixFileMode)0b110_110_110);
        File.Move(file + ".new", file);
    }

    /// <summary>Waits until a command stands at the point.</summary>
    public async Task ReachedAsync(string point)
    {
        for (int tries = 0; !File.Exists($"{Folder}/at-{point}"); tries++)
        {
            if (tries == 2400) throw new TimeoutException($"no command came to \"{point}\" of crontab within 60 s");
            await Task.Delay(25);
        }
    }

    /// <summary>Lets the commands that stand there go on, and takes a closed gate away.</summary>
    public void Open(string point)
    {
        File.Delete($"{Folder}/close-{point}");
        File.Delete($"{Folder}/at-{point}");
    }

    /// <summary>Opens all points: nothing is left standing.</summary>
    public void Dispose()
    {
        foreach (string point in (string[])[List, Install, Installed]) Open(point);
    }
}
