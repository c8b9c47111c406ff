"""Asks real programs of random tables, and writes what they said: cronie.json and busybox.json.

Usage: make.py CRONTAB BUSYBOX   CRONTAB: cronie's crontab (words of a command), for -T; BUSYBOX: a busybox with crond.
Run as root, on a machine made for testing: crond reads root's tables, and is ended before a minute begins.
"""
import base64, json, os, random, subprocess, sys, tempfile, time

FIELDS = """* * * 0 5 59 60 7 8 31 32 1-5 5-1 5-0 */5 */0 */100 1-9/3 5/10 1,2 1, ,1 1,,2 mon FRI sunday jan sun-sat fri-sun 1~5 10~0 ~ ~5 3~
0~10/2 ** *-5 *foo 5#2 5;3 5.5 */5/2 1-5-9 L ? 15W 00 007 4294967301 99999999999999999999 -5 +5 0x5 1-5/2,10-20/5,30 0-59 1-7 */7,3 jan-mar
dec-jan 1-mon mon-5 *,* */1 */60 20-3 5-3/2 */-2 1/0 0-7 mon,wed 23-1/2 7-1 6-0 6,7 0,12 12 13 1-12 31-1""".split()
# No random range that leaves a field's bounds is among them: whether cronie takes it is drawn anew each time.
ODD = [b"5\xff", b"\xa0", b"\v5", b"5\0", b"*\r", b"\\", b"5\\", b"\"5\"", b"#", b"5#"]
PIECES = [b"@daily ", b"@reboot ", b"@Daily ", b"@hourly\0", b"@", b"#", b"# c", b"A=b", b"A = b", b"A=", b"'A'=b", b"\"A B\" = 'c'", b"A=\"b\" c", b"=x", b"1F=x",
          b"export X=y", b"CRON_TZ=UTC", b"A=b # c", b"A\0=b", b"A=\"b\" ", b" ", b"\t", b"\n", b"\r", b"\r\n", b"\v", b"\f", b"\0", b"x", b"-", b"-n ", b"-q ", b"%", b"\\",
          b"\\\n", b"\"", b"'", b"=", b"root ", b"\xc2\xa0", b"\xff", b"\xef\xbb\xbf", b"* * * * * x\n", b"0 0 1 1 1 z\n", b"* * * * *\n", b"* * * * * x\0y\n",
          b"A=b\0* * * * * x\n", b"   # c\n", b"# c \\\n", b"\\\n\n"]


def table(rng, words):
    text = b""
    for _ in range(rng.randint(1, 3)):
        kind = rng.randrange(4)
        if kind == 0:
            for _ in range(rng.randrange(6)):
                text += rng.choice(PIECES)
        elif kind == 1:
            text += (b"NAME" if rng.random() < .5 else rng.choice(PIECES)) + rng.choice([b"=", b"=", b" = "]) + (b"value" if rng.random() < .5 else rng.choice(PIECES))
        else:
            for _ in range(5):
                text += b"*" if rng.random() < .6 else rng.choice(ODD) if rng.random() < .05 else rng.choice(FIELDS).encode()
                text += b"" if rng.random() < .05 else rng.choice([b" ", b" ", b"\t", b"  "])
            text += rng.choice(PIECES) if rng.random() < .2 else b"x"
        text += b"" if rng.random() < .06 else b"\n"
    if not words:
        text = text.replace(b"@", b"a")  # Debian's busybox has no special times
    if rng.random() < .2 and text:
        at = rng.randrange(len(text))
        text = text[:at] + bytes([rng.randrange(256)]) + text[at + 1:]
    return text.replace(b"@", b"a") if not words else text


# Around cronie's limit of comments and blanks: text, a character, how often it is repeated, text.
LARGE = [["#", "x", n, "\n@daily x\n"] for n in (32765, 32766)] + [["#", "x", n, "\n"] for n in (32766, 32767)] + [
    ["#", "x", n, ""] for n in (32766, 32767)] + [["", " ", n, "@daily x\n"] for n in (32766, 32767, 32768)]


def cronie(command):
    rng = random.Random(1)
    with tempfile.NamedTemporaryFile() as file:
        for text in [table(rng, True) for _ in range(1500)] + LARGE:
            with open(file.name, "wb") as f:
                f.write(text if isinstance(text, bytes) else (text[0] + text[1] * text[2] + text[3]).encode())
            said = subprocess.run(command + ["-T", file.name], capture_output=True)
            yield [base64.b64encode(text).decode() if isinstance(text, bytes) else text, said.returncode == 0]


def busybox(path):
    rng = random.Random(2)
    # A number that no int holds is undefined in C: what crond marks for it says nothing.
    for text in [text for text in (table(rng, False) for _ in range(600)) if b"99999" not in text and b"4294967301" not in text]:
        if time.time() % 60 > 57:
            time.sleep(4)
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "root"), "wb") as f:
                f.write(text)
            crond = subprocess.Popen([path, "crond", "-f", "-l", "0", "-L", "/dev/stderr", "-c", folder], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(.08)
            crond.kill()
            said = crond.communicate()[1].decode("latin-1")
        yield [base64.b64encode(text).decode(), entries(said)]


def entries(said):
    """Of each entry, its fields as crond marks them, a digit a value; null where it logs a parse error. Lines that it passes over have no fields."""
    fields = []
    for line in said.split("crond: user:root entry:(null)\n")[1:]:
        found = [None if "parse error" in row else row for row in line.splitlines() if "parse error" in row or (row and set(row) <= set("01"))]
        if found:
            assert len(found) == 5, line
            fields.append(found)
    return fields


def write(name, program, rows):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        file.write('{"program": %s, "tables": [\n' % json.dumps(program) + ",\n".join(json.dumps(row) for row in rows) + "\n]}\n")


crontab = sys.argv[1].split()
version = subprocess.run(crontab + ["-V"], capture_output=True, text=True)
write("cronie.json", (version.stdout + version.stderr).strip(), list(cronie(crontab)))
write("busybox.json", subprocess.run([sys.argv[2]], capture_output=True, text=True).stdout.splitlines()[0], list(busybox(sys.argv[2])))
