"""Times a pull of 100,000 audit entries over a real sshd on loopback, beside `ssh cat` of the same file to a file that is fsynced.

Usage: pull.py DIST WORK. Prints rows of a Markdown table: medians of interleaved rounds, and the most resident memory of console and agent.
Needs root, as sshd does. The pull verifies every entry, stores each and leaves its head; the peer copies the bytes.
"""
import glob, hashlib, json, os, socket, statistics, subprocess, sys, threading, time

dist, work = sys.argv[1], os.path.join(sys.argv[2], "pull")
rounds, entries = 5, 100_000
os.makedirs(work, mode=0o700)
os.chmod(work, 0o700)


def path(*parts):
    return os.path.join(work, *parts)


def make_chain(file):
    previous, chain = "0" * 64, os.urandom(16).hex()
    with open(file, "wb") as out:
        for n in range(entries):
            entry = {"chain": chain, "event": "job.finished" if n else "audit.genesis", "mono_us": 1_000_000 + n * 3000, "prev_hash": previous, "seq": n,
                     "timestamp": 1795190201 + n / 10, "v": 1}
            if n:
                entry.update(job_id=f"job-{n % 50}", command="/usr/local/bin/nightly --all", exit_code=0, uid=1000, user="alice", duration_ms=n % 977,
                             report=n, report_sha256=hashlib.sha256(str(n).encode()).hexdigest())
            body = json.dumps(entry, sort_keys=True)
            previous = hashlib.sha256(body.encode()).hexdigest()
            out.write((body[:-1] + f', "hash": "{previous}"}}\n').encode())
        out.flush()
        os.fsync(out.fileno())


def run(*command, **options):
    return subprocess.run(command, check=True, **options)


os.makedirs(path("agent", "audit"), mode=0o750)
os.chmod(path("agent"), 0o700)
chain = path("agent", "audit", "0" * 20 + ".jsonl")
make_chain(chain)

for name in ("host", "client"):
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path(name))
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
with open(path("sshd_config"), "w") as f:
    f.write(f"Port {port}\nListenAddress 127.0.0.1\nHostKey {path('host')}\nPidFile none\nUsePAM no\nStrictModes no\nAuthorizedKeysFile {path('client.pub')}\n"
            "PermitRootLogin prohibit-password\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n")
kind, key = open(path("host.pub")).read().split()[:2]
with open(path("known_hosts"), "w") as f:
    f.write(f"[127.0.0.1]:{port} {kind} {key}\n")
with open(path("ssh_config"), "w") as f:
    f.write(f"Host bench\n HostName 127.0.0.1\n Port {port}\n User root\n IdentityFile {path('client')}\n IdentitiesOnly yes\n IdentityAgent none\n"
            f" UserKnownHostsFile {path('known_hosts')}\n GlobalKnownHostsFile none\n")
sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", path("sshd_config")], stderr=subprocess.DEVNULL)


def serving():
    """The most memory that the agent which answers here has had so far, in KiB; 0 while there is none."""
    most = 0
    for each in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            words = open(each, "rb").read().split(b"\0")
            if b"serve" in words and path("agent").encode() in words and words[0].endswith(b"cc-agent"):
                most = max(most, *(int(line.split()[1]) for line in open(os.path.dirname(each) + "/status") if line.startswith("VmHWM")))
        except (OSError, ValueError):
            pass
    return most


def pull(number):
    home, agent, done = path(f"home{number}"), [0], threading.Event()
    os.makedirs(home, mode=0o700)
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home + "/config", "XDG_STATE_HOME": home + "/state", "XDG_RUNTIME_DIR": home + "/run"}
    for folder in ("config", "config/cc-console", "run"):
        os.mkdir(f"{home}/{folder}", 0o700)
    with open(f"{home}/config/cc-console/settings.json", "w") as f:
        json.dump({"sshConfig": path("ssh_config")}, f)
    console = os.path.join(dist, "cc-console")
    run(console, "host", "add", "web01", "bench", "--agent-path", os.path.join(dist, "cc-agent"), "--agent-dir", path("agent"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def watch():
        while not done.wait(0.02):
            agent[0] = max(agent[0], serving())

    watching = threading.Thread(target=watch)
    watching.start()
    started = time.monotonic()
    process = subprocess.Popen([console, "audit", "pull", "web01", "--json"], env=environment, stdout=subprocess.PIPE)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - started
    done.set()
    watching.join()
    answer = json.loads(text)
    if status or answer["verdict"] != "OK" or answer["added"] != entries:
        sys.exit(f"the pull did not take all: {text}")
    return took, usage.ru_maxrss / 1024, agent[0] / 1024


def peer(number):
    started = time.monotonic()
    with open(path(f"copy{number}"), "wb") as out:
        run("ssh", "-F", path("ssh_config"), "bench", f"cat {chain}", stdout=out)
        os.fsync(out.fileno())
    took = time.monotonic() - started
    os.unlink(path(f"copy{number}"))
    return took


try:
    for _ in range(200):
        if subprocess.run(["ssh", "-F", path("ssh_config"), "-o", "BatchMode=yes", "bench", "true"], stderr=subprocess.DEVNULL).returncode == 0:
            break
        time.sleep(0.05)
    pulls, copies = [], []
    for number in range(rounds):
        copies.append(peer(number))
        pulls.append(pull(number))
finally:
    sshd.terminate()
    sshd.wait()
took, copied = statistics.median(p[0] for p in pulls), statistics.median(copies)
console, agent = max(p[1] for p in pulls), max(p[2] for p in pulls)
size = os.path.getsize(chain) / 1e6
print(f"| pull of {entries:,} entries ({size:.0f} MB) over sshd on loopback, the connection included | 3 s | {took:.2f} s; `ssh cat` {copied:.2f} s, ratio {took / copied:.1f} (medians of {rounds} pairs) |")
print(f"| resident memory in that pull | 100 MiB | console {console:.0f} MiB, agent {agent:.0f} MiB |")
