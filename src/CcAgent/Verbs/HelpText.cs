namespace CcAgent.Verbs;

/// <summary>What --help prints.</summary>
internal static class HelpText
{
    internal const string Agent = """
        cc-agent: runs cron's jobs, records each run, and keeps the audit chain of this host.

          cc-agent exec --job-id ID [options] -- COMMAND…    run a job and report it (what the crontab line calls)
          cc-agent daemon                                    receive reports and own the audit log, in the foreground
          cc-agent serve                                     answer a console over standard input and output
          cc-agent report list|tail                          the recorded runs
          cc-agent audit verify|show                         the audit chain
          cc-agent status                                    how this agent is doing
          cc-agent unit KIND                                 what keeps the daemon going: systemd, OpenRC, and others
          cc-agent --version

        Each has --help with an example. Exit code 0: good; 1: findings or failures; 2: usage, or input and output.
        As root the agent keeps the whole host's record in /var/lib/croncommander, else the user's own.
        """;

    internal const string Exec = """
        cc-agent exec --job-id ID [options] -- COMMAND [ARGUMENT…]

        Runs the command with this environment, directory and standard input, and exits with its exit code: 128 + n when
        signal n ended it, 127 when it was not found, 126 when it could not be started, or, under the audit policy "strict", its
        start could not be recorded. Its output is passed on and recorded.
        Signals that ask to end are passed on to the command's process group.

          -j, --job-id ID       which job this is, 1 to 256 characters
          --socket-path PATH    the daemon's socket (default: /var/lib/croncommander/cc-agent.sock for root, else
                                /tmp/cc-agent-UID/cc-agent.sock)
          --mail WHEN           what cron gets to mail: always (default), failure (the last 256 KiB of each stream), never
          --timeout TIME        end the command's process group after this time (500ms, 30s, 5m, 1h, 2d): SIGTERM, then SIGKILL
          --kill-after TIME     how long after SIGTERM (default 10s)
          --overlap POLICY      while the run before goes on: allow (default), skip (do not begin, exit 0), queue (wait for it;
                                one run waits, a further one is not begun)
          --retries N           try a job that failed again, up to N times; one ended by a signal from outside is not
          --retry-delay TIME    how long after the failure (default 10s)
          --workdir DIR         run it there
          --nice N              run it at this niceness, -20 to 19
          --umask MASK          with this file mode mask (octal)
          --limit-memory SIZE   address space of each of its processes (512M, 2G)
          --limit-cpu TIME      CPU time of each of its processes: SIGXCPU, and SIGKILL 5s later
          --limit-files N       open files of each of its processes
          --limit-processes N   processes and threads of its user; does not bind root
          --allow-privileges    do not set no-new-privileges: set-uid programs such as sudo work

        Example, in a crontab:
          15 3 * * *  cc-agent exec --job-id backup -- /bin/sh -c 'tar -cf /srv/backup.tar /srv/data'
        """;

    internal const string Daemon = """
        cc-agent daemon [--dir DIR] [--settings FILE] [--append-only]

        Receives reports, takes in the spool, and writes the report journal and the audit chain. It tells of runs that go on, and
        reports those whose wrapper was killed. Stays in the foreground; ends with SIGTERM or SIGINT. The directory must belong to this user, and nobody else may write to it or to one above it.

          --dir DIR        keep everything in this directory (default: /var/lib/croncommander for root, else the user's state directory)
          --settings FILE  read the settings from this file (default: /etc/croncommander/settings.json for root, else
                           ~/.config/croncommander/settings.json; with --dir, settings.json there)
          --append-only    set the append-only attribute on the audit log in a directory named by --dir too (needs root)

        Example:
          install -d -m 0755 /var/lib/croncommander && cc-agent daemon
        """;

    internal const string Serve = """
        cc-agent serve [--dir DIR] [--policy read-only|edit]

        Answers a console: JSON-RPC 2.0, one message a line, over standard input and output.

          --dir DIR        what daemon --dir names
          --policy NAME    answer only what the policy lists, and record what is asked for beyond it. read-only: reports, audit chain,
                           tables, state. edit: also write tables, run and stop jobs; who may write a table can run anything as its user.

        As the forced command of a key, in authorized_keys, which then can do nothing else:
          restrict,command="/usr/local/bin/cc-agent serve --policy read-only" ssh-ed25519 AAAA… ada@laptop

        Example:
          printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":"hand","protocol":1}}' | cc-agent serve
        """;

    internal const string Report = """
        cc-agent report list [--dir DIR] [--json] [--limit N]
        cc-agent report tail [--dir DIR] [--json] [--limit N]

        The recorded runs, one a line, oldest first; tail shows the last 10 (or N) and goes on with new ones.

        Example:
          cc-agent report tail --json
        """;

    internal const string Audit = """
        cc-agent audit verify [--dir DIR] [--json]
        cc-agent audit show [--dir DIR] [--json] [--limit N]

        Verifies the audit chain against the remembered head, or prints its entries; show --json prints each line as it lies in
        the log. verify exits with 0 when the chain is good, 1 when it was tampered with, 2 when it is incomplete.

        Example:
          cc-agent audit show --json | python3 verify.py /dev/stdin
        """;

    internal const string Status = """
        cc-agent status [--dir DIR] [--json]

        How the daemon, the journals and the spool are doing. Exits with 1 when something must be looked at.

        Example:
          cc-agent status
        """;

    internal const string Unit = """
        cc-agent unit systemd|user|openrc|run|container|reboot [--agent PATH]

        Prints what keeps the agent's daemon going:

          systemd      the unit of the whole host's agent: /etc/systemd/system/cc-agent.service
          user         the unit of one user's agent: ~/.config/systemd/user/cc-agent.service
          openrc       the script of the whole host's agent: /etc/init.d/cc-agent, mode 0755
          run          the run script of runit, s6 or daemontools
          container    the entry point of a container that runs cron
          reboot       the line of a user's own crontab

          --agent PATH    where the agent lies (default: the one that is asked)

        Example:
          cc-agent unit systemd >/etc/systemd/system/cc-agent.service && systemctl enable --now cc-agent
        """;
}
