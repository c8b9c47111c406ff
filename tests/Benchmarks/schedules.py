"""Times the next runs of schedules: the published console beside croniter, on the same file.

Usage: schedules.py DIST WORK. Prints rows of a Markdown table. The console's figure is the whole process, from spawn to exit: its
start, reading the file and printing the answers; croniter's is the computing alone, within an interpreter that runs already.
"""
import datetime, os, random, statistics, sys, time, zoneinfo
from croniter import croniter
from croniter.croniter import CroniterBadDateError

dist, work = sys.argv[1], sys.argv[2]
console = os.path.join(dist, "cc-console")
number, rounds, never = 10_000, 7, 200
zone, start = "America/New_York", "2026-11-21T00:00:00Z"
environment = {"PATH": os.environ["PATH"], "HOME": os.path.join(work, "home"), "LANG": "C.UTF-8"}


def field(low, high):
    first = random.randint(low, high)
    last = random.randint(first, high)
    step = random.randint(2, 7)
    return random.choice(["*", "*", f"*/{step}", str(first), str(first), f"{first}-{last}", f"{first}-{last}/{step}"])


def ask(path, expected):
    """Milliseconds from spawn to exit; the answers are written to a file and counted."""
    answers = os.path.join(work, "answers")
    output = os.open(answers, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    command = [console, "crontab", "next", "--file", path, "--zone", zone, "--from", start]
    began = time.perf_counter_ns()
    process = os.posix_spawn(console, command, environment, file_actions=[(os.POSIX_SPAWN_DUP2, output, 1)])
    status = os.waitpid(process, 0)[1]
    took = (time.perf_counter_ns() - began) / 1e6
    os.close(output)
    with open(answers) as lines:
        count = sum(1 for _ in lines)
    if os.waitstatus_to_exitcode(status) not in (0, 1) or count != expected:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)} and {count} answers")
    return took


def ask_peer(schedules, after):
    began = time.perf_counter_ns()
    for schedule in schedules:
        try:
            croniter(schedule, after).get_next(datetime.datetime)
        except CroniterBadDateError:
            pass
    return (time.perf_counter_ns() - began) / 1e6


def write(name, schedules):
    path = os.path.join(work, name)
    with open(path, "w") as file:
        file.writelines(schedule + "\n" for schedule in schedules)
    return path


random.seed(5)
os.makedirs(environment["HOME"], exist_ok=True)
after = datetime.datetime(2026, 11, 21, tzinfo=datetime.timezone.utc).astimezone(zoneinfo.ZoneInfo(zone))
some = [" ".join([field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6)]) for _ in range(number)]
path = write("schedules", some)
ask(path, number)
pairs = [(ask(path, number), ask_peer(some, after)) for _ in range(rounds)]
ours, peer = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
print(f"| next run of 10,000 random schedules, start of the program included | 50 ms | {ours:.1f} ms "
      f"(python3-croniter {peer:.0f} ms without its start, ratio {ours / peer:.3f}; medians of {rounds} pairs) |")

dates = ["30 2", "31 2", "31 4", "31 6,9,11", "30-31 2", "31 2,4,6,9,11"]
none = [f"{random.randint(0, 59)} {random.randint(0, 23)} {random.choice(dates)} *" for _ in range(number)]
path = write("never", none)
ask(path, number)
# croniter walks over decades for each: some of them are enough to tell.
pairs = [(ask(path, number) / number * 1000, ask_peer(none[:never], after) / never * 1000) for _ in range(rounds)]
ours, peer = (statistics.median(pair[at] for pair in pairs) for at in (0, 1))
print(f"| a schedule that never fires, one of 10,000 | 1 ms | {ours:.1f} µs (python3-croniter {peer:.0f} µs, ratio {ours / peer:.4f}; medians of {rounds} pairs) |")
