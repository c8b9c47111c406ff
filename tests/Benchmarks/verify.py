"""Times the published verifier beside the README's ten lines of Python on the same chain, in turns.

Usage: verify.py DIST FILE README. Prints a row of a Markdown table for one processor and for all. Debian's own python3 runs the ten
lines, as whoever checks an export would; they are one thread, so that one processor and all are the same to them.
"""
import os, re, statistics, subprocess, sys, time

dist, file, readme = sys.argv[1:]
runs, ours_a_run = 3, 5
program = re.search(r"```python\n(.*?)```", open(readme).read(), re.S).group(1)
with open(file, "rb") as chain:
    entries = sum(1 for _ in chain)


def timed(command, expected):
    begun = time.monotonic()
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    took = time.monotonic() - begun
    if expected not in said:
        sys.exit(f"{command[0]} said {said}")
    return took


verify = [dist + "/cc-console", "audit", "verify", file]
python, one, all_of_them = [], [], []
for _ in range(runs):
    python.append(timed(["/usr/bin/python3", "-c", program, file], f"OK {entries} "))
    one.append(statistics.median(timed(["taskset", "-c", "0", *verify], f"{entries} entries") for _ in range(ours_a_run)))
    all_of_them.append(statistics.median(timed(verify, f"{entries} entries") for _ in range(ours_a_run)))

for what, ours in (("the same beside the Python above, one processor", one), (f"the same, {os.cpu_count()} processors", all_of_them)):
    ratio = statistics.median(p / o for p, o in zip(python, ours))
    print(f"| {what} | 15 times as fast | {ratio:.0f} times (Python {statistics.median(python):.2f} s, verify {statistics.median(ours) * 1000:.0f} ms; "
          f"{os.path.getsize(file) / entries:.0f} bytes an entry; medians of {runs} pairs) |")
