"""Times programs from start to end: cc-console --version, the first frame on a terminal, a table linted, and a wrapped command beside a bare one.

Usage: start.py DIST WORK. Prints rows of a Markdown table. The spawning is posix_spawn(3), whose cost is in every figure alike.
"""
import fcntl, json, os, pty, re, select, shutil, signal, statistics, struct, sys, termios, time

dist, work = sys.argv[1], sys.argv[2]
console, agent = os.path.join(dist, "cc-console"), os.path.join(dist, "cc-agent")
null = os.open(os.devnull, os.O_RDWR)
home = os.path.join(work, "home")
environment = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "TERM": "xterm-256color"}
quiet = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]


def run(*command, stdin=None):
    """Milliseconds from spawn to exit."""
    actions = quiet if stdin is None else [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0), *quiet[1:]]
    started = time.perf_counter_ns()
    process = os.posix_spawn(command[0], command, environment, file_actions=actions)
    status = os.waitpid(process, 0)[1]
    took = (time.perf_counter_ns() - started) / 1e6
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return took


def pairs(count, ours, peer):
    """Medians of both, and the median of the pairs' ratios; a run of each before, which is not counted."""
    ours(), peer()
    both = [(ours(), peer()) for _ in range(count)]
    return (statistics.median(a for a, _ in both), statistics.median(b for _, b in both), statistics.median(a / b for a, b in both))


def first_frame():
    """Milliseconds from spawn until the alternate screen and the hosts' rows have been sent."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    name = os.ttyname(slave)
    terminal = [(os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0), (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)]
    started = time.perf_counter_ns()
    process = os.posix_spawn(console, [console], environment, file_actions=terminal, setsid=True)
    os.close(slave)
    sent, took = b"", None
    while took is None:
        if not select.select([master], [], [], 10)[0]:
            sys.exit(f"no frame within 10 s: {sent!r}")
        sent += os.read(master, 65536)
        text = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", sent)
        if b"\x1b[?1049h" in sent and all(host in text for host in (b"web01", b"web02", b"db01")):
            took = (time.perf_counter_ns() - started) / 1e6
    os.kill(process, signal.SIGTERM)
    # What it sends on leaving is read, so that it can leave; the terminal closes with it.
    while select.select([master], [], [], 10)[0]:
        try:
            os.read(master, 65536)
        except OSError:
            break
    os.waitpid(process, 0)
    os.close(master)
    return took


def row(what, bound, measured):
    print(f"| {what} | {bound} | {measured} |", flush=True)


settings = os.path.join(home, ".config", "cc-console")
os.makedirs(settings, 0o700)
with open(os.path.join(settings, "hosts.json"), "w") as file:
    # A port of loopback that refuses: the frame must not wait for any host.
    json.dump({"hosts": [{"name": name, "destination": "nobody@127.0.0.1:1"} for name in ("web01", "web02", "db01")]}, file)
os.chmod(file.name, 0o600)

print("benchmarks: starting", file=sys.stderr)
version, peer, _ = pairs(40, lambda: run(console, "--version"), lambda: run("/bin/true"))
row("`cc-console --version`", "20 ms", f"{version:.1f} ms (`/bin/true` {peer:.1f} ms; medians of 40 pairs)")

first_frame()
row("start to first frame, 3 hosts, 120×40", "60 ms", f"{statistics.median(first_frame() for _ in range(20)):.1f} ms (median of 20)")

print("benchmarks: linting", file=sys.stderr)
table = os.path.join(work, "table")
with open(table, "w") as file:
    # Entries as people write them; debian's crontab, the peer, takes no more lines.
    file.writelines(f"{i % 60} {i // 60 % 24} {('*', '1', '*/2', '1-7')[i % 4]} {('*', '1-6', 'jan,jul')[i % 3]} * /usr/local/bin/job{i} --flag value >/dev/null 2>&1\n" for i in range(10_000))
linted, crontab, ratio = pairs(
    20, lambda: run(console, "crontab", "lint", table), lambda: run(shutil.which("crontab"), "-n", "-", stdin=table))
row("a table of 10,000 entries parsed and linted, the whole process", "50 ms", f"{linted:.1f} ms (debian's `crontab -n -` {crontab:.1f} ms, ratio {ratio:.2f}; medians of 20 pairs)")

print("benchmarks: wrapping", file=sys.stderr)
data = os.path.join(work, "agent")
os.mkdir(data, 0o700)
socket = os.path.join(data, "cc-agent.sock")
daemon = os.posix_spawn(agent, [agent, "daemon", "--dir", data], environment, file_actions=quiet)
try:
    for _ in range(400):
        if os.path.exists(socket):
            break
        time.sleep(0.025)
    else:
        sys.exit("the agent's daemon does not start")
    wrapped, bare, ratio = pairs(40, lambda: run(agent, "exec", "--job-id", "bench", "--socket-path", socket, "--", "/bin/sh", "-c", "true"), lambda: run("/bin/sh", "-c", "true"))
    row("a wrapped `/bin/sh -c true`, reported and recorded durably", "5 times the bare one", f"{ratio:.1f} times ({wrapped:.1f} ms and {bare:.1f} ms; medians of 40 pairs)")
finally:
    os.kill(daemon, signal.SIGTERM)
    os.waitpid(daemon, 0)
    os.system(f"chattr -R -a '{data}' 2>/dev/null")
