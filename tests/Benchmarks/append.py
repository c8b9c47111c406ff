"""Counts durable audit entries a second at 32 writers: the daemon's group commit, beside one fsync for each entry.

Usage: append.py DIST WORK. Prints two rows of a Markdown table. Both append to files on the same file system, in turns. The peer is given the
advantage of writing directly, without a socket between. What one fsync takes is measured in the same rounds, of the file alone.
"""
import json, os, socket, statistics, subprocess, sys, threading, time

dist, work = sys.argv[1], sys.argv[2]
writers, seconds, rounds = 32, 2.0, 7
directory = os.path.join(work, "append")
os.mkdir(directory, 0o700)
with open(directory + "/settings.json", "w") as settings:
    settings.write('{"watch": false}')
# An entry that is as long as most.
request = json.dumps({"request": "audit.append", "params": {"event": "console.pulled", "actor": "ada", "origin": "laptop",
                                                            "seq": 1, "hash": "0" * 64, "reason": "r" * 60}}).encode()
line = b"x" * 449 + b"\n"
peer_file = os.open(os.path.join(work, "append.jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
lock = threading.Lock()


def ask():
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(directory + "/cc-agent.sock")
        client.sendall(request)
        if not client.recv(4096).startswith(b'{"ok":true'):
            sys.exit("an entry was refused")


def append():
    with lock:
        os.write(peer_file, line)
        os.fdatasync(peer_file)


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def round_of(step):
    ends, times = time.monotonic() + seconds, []

    def write():
        while time.monotonic() < ends:
            begun = time.monotonic()
            step()
            times.append(time.monotonic() - begun)

    threads = [threading.Thread(target=write) for _ in range(writers)]
    started = time.monotonic()
    [t.start() for t in threads], [t.join() for t in threads]
    return len(times) / (time.monotonic() - started), percentile(times, 0.99)


def fsyncs():
    times, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        os.write(peer_file, line)
        begun = time.monotonic()
        os.fdatasync(peer_file)
        times.append(time.monotonic() - begun)
    return percentile(times, 0.99)


daemon = subprocess.Popen([os.path.join(dist, "cc-agent"), "daemon", "--dir", directory], stderr=subprocess.PIPE, text=True)
try:
    for said in daemon.stderr:
        if "ready" in said:
            break
    round_of(ask), round_of(append)
    found = [(round_of(ask), round_of(append), fsyncs()) for _ in range(rounds)]
finally:
    daemon.terminate()
    daemon.wait()
ours, peer = statistics.median(a[0] for a, _, _ in found), statistics.median(b[0] for _, b, _ in found)
print(f"| durable audit entries a second, {writers} writers | 10 times one fsync an entry | {ours:,.0f} (one fsync an entry, written directly: {peer:,.0f}; "
      f"ratio {statistics.median(a[0] / b[0] for a, b, _ in found):.1f}; medians of {rounds} pairs) |")
print(f"| 99 of 100 of these entries are acknowledged within | twice the device's fsync | {statistics.median(a[1] for a, _, _ in found) * 1000:.1f} ms "
      f"(99 of 100 fsyncs alone: {statistics.median(f for _, _, f in found) * 1000:.1f} ms; ratio {statistics.median(a[1] / f for a, _, f in found):.2f}; medians of {rounds} pairs) |")
