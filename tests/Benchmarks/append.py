"""Counts durable audit entries a second at 32 writers: the daemon's group commit, beside one fsync for each entry.

Usage: append.py DIST WORK. Prints rows of a Markdown table. Both are asked by the same clients over a socket and append to files on the same file
system, in turns; the peer (append.c) only appends, without hash, signature or check. What one fsync takes is measured in the same rounds, of
the file alone, and what clients, socket and disk allow at most, of a server in C that does nothing but commit in groups. Where strace is there,
all of it once more with each fsync 2 ms longer than the device's, as many a disk has it.
"""
import json, os, shutil, signal, statistics, subprocess, sys, time

dist, work = sys.argv[1], sys.argv[2]
writers, seconds, rounds = 32, 2, 7
directory = os.path.join(work, "append")
os.mkdir(directory, 0o700)
with open(directory + "/settings.json", "w") as settings:
    settings.write('{"watch": false}')
# An entry that is as long as most.
request = json.dumps({"request": "audit.append", "params": {"event": "console.pulled", "actor": "ada", "origin": "laptop",
                                                            "seq": 1, "hash": "0" * 64, "reason": "r" * 60}}).encode()
tool = os.path.join(work, "append-tool")
subprocess.run(["gcc", "-O2", "-pthread", "-o", tool, os.path.join(os.path.dirname(os.path.abspath(__file__)), "append.c")], check=True)


def ask(socket):
    said = subprocess.run([tool, "clients", socket, str(writers), str(seconds)], input=request, stdout=subprocess.PIPE, check=True).stdout.split()
    return float(said[0]), float(said[1])


def start(slow, command, socket):
    process = subprocess.Popen(slow + command, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if os.path.exists(socket):
            return process
        time.sleep(0.1)
    sys.exit(f"{command[0]} does not listen")


def measure(name, slow, what):
    own, peer, most = directory + "/cc-agent.sock", f"{work}/{name}.sock", f"{work}/{name}-most.sock"
    processes = [start(slow, [os.path.join(dist, "cc-agent"), "daemon", "--dir", directory], own),
                 start(slow, [tool, "peer", peer, f"{work}/{name}.jsonl"], peer),
                 start(slow, [tool, "groups", most, f"{work}/{name}-most.jsonl"], most)]
    try:
        ask(own), ask(peer)
        found = []
        for _ in range(rounds):
            alone = subprocess.run(slow + [tool, "fsyncs", f"{work}/{name}.jsonl", str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
            found.append((ask(own), ask(peer), float(alone.stdout), ask(most)))
    finally:
        for process in processes:
            # With strace between, which passes no signal on, it is its child.
            with open(f"/proc/{process.pid}/task/{process.pid}/children") as children:
                os.kill(int(children.read().split()[0]) if slow else process.pid, signal.SIGTERM)
        for process in processes:
            process.wait()
    median = statistics.median
    print(f"| durable audit entries a second, {writers} writers{what} | 10 times one fsync an entry | {median(a[0] for a, _, _, _ in found):,.0f} (one fsync an entry: "
          f"{median(b[0] for _, b, _, _ in found):,.0f}; one for all that wait and nothing else: {median(m[0] for _, _, _, m in found):,.0f}; ratio {median(a[0] / b[0] for a, b, _, _ in found):.1f}; medians of {rounds} pairs) |")
    print(f"| 99 of 100 of them are acknowledged within{what} | twice the device's fsync | {median(a[1] for a, _, _, _ in found):.1f} ms (one fsync an entry: "
          f"{median(b[1] for _, b, _, _ in found):.1f} ms; 99 of 100 fsyncs by one alone: {median(f for _, _, f, _ in found):.1f} ms, ratio "
          f"{median(a[1] / f for a, _, f, _ in found):.1f}; medians of {rounds} pairs) |")


measure("peer", [], "")
if shutil.which("strace"):
    measure("slow", ["strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_exit=2000"], ", fsync 2 ms slower")
