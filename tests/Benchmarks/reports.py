"""Counts durable reports a second: the daemon with concurrent clients, beside SQLite taking one transaction a report.

Usage: reports.py DIST WORK. Prints a row of a Markdown table. Both write 1 KiB a report to the same file system; SQLite is given the
advantage of being called directly, without a socket between. Rounds alternate.
"""
import json, os, socket, sqlite3, statistics, subprocess, sys, threading, time

dist, work = sys.argv[1], sys.argv[2]
clients, seconds, rounds = 48, 2.0, 5
directory = os.path.join(work, "reports")
os.mkdir(directory, 0o700)


def report(client, number):
    body = {"runId": f"{client:08x}{number:024x}", "jobId": "nightly", "command": "/usr/local/bin/nightly", "exitCode": 0, "stderr": "",
            "startTime": "2026-01-02T03:04:05Z", "durationMs": 5, "executingUid": os.getuid(), "executingUser": "u", "stdout": ""}
    body["stdout"] = "o" * (1024 - len(json.dumps(body)))
    return json.dumps(body).encode()


def daemon_round(number):
    ends, counts = time.monotonic() + seconds, [0] * clients

    def send(client):
        # Made before the clock runs: one buffer a client, with the run's number put into its place.
        text, at = bytearray(report(number * clients + client, 0)), len('{"runId": "') + 8
        while time.monotonic() < ends:
            text[at:at + 24] = b"%024x" % counts[client]
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(directory + "/cc-agent.sock")
                peer.sendall(text)
                if not peer.recv(4096).startswith(b'{"ok":true'):
                    sys.exit("a report was refused")
            counts[client] += 1

    threads = [threading.Thread(target=send, args=(c,)) for c in range(clients)]
    started = time.monotonic()
    [t.start() for t in threads], [t.join() for t in threads]
    return sum(counts) / (time.monotonic() - started)


base = sqlite3.connect(os.path.join(work, "reports.db"), isolation_level=None)
base.execute("PRAGMA journal_mode=WAL")
base.execute("PRAGMA synchronous=FULL")
base.execute("CREATE TABLE report (seq INTEGER PRIMARY KEY, run TEXT UNIQUE, body BLOB)")


def sqlite_round(number):
    count, body, started = 0, report(0, 0), time.monotonic()
    while time.monotonic() < started + seconds:
        base.execute("INSERT INTO report (run, body) VALUES (?, ?)", (f"{number}-{count}", body))
        count += 1
    return count / (time.monotonic() - started)


daemon = subprocess.Popen([os.path.join(dist, "cc-agent"), "daemon", "--dir", directory], stderr=subprocess.PIPE, text=True)
try:
    for line in daemon.stderr:
        if "ready" in line:
            break
    daemon_round(rounds), sqlite_round(rounds)
    both = [(daemon_round(i), sqlite_round(i)) for i in range(rounds)]
    with open(f"/proc/{daemon.pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
finally:
    daemon.terminate()
    daemon.wait()
ours, peer = statistics.median(a for a, _ in both), statistics.median(b for _, b in both)
print(f"| durable reports of 1 KiB a second, {clients} clients at once | 2,000 | {ours:,.0f} (SQLite, a transaction each, called directly: {peer:,.0f}; ratio "
      f"{statistics.median(a / b for a, b in both):.1f}; medians of {rounds} pairs); the daemon's peak {peak / 1024:.0f} MiB (bound 40) |")
