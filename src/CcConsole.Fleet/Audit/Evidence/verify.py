#!/usr/bin/env python3
"""Checks a folder of evidence that "cc-console audit export HOST FOLDER --evidence" wrote. README.txt says what it proves.

    python3 verify.py [FOLDER]

Exit code 0: every selected entry is proven. 1: something is wrong, and it is named. 2: nothing is wrong, but not
everything is proven, and it is said what. Needs Python 3.6 or later and nothing else; the signatures are checked by
openssl, and without it they are not checked. Nothing is written but temporary files, and nothing is sent anywhere.
"""
import base64, hashlib, json, os, re, shutil, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
wrong, open_points = [], []


def read(name):
    with open(os.path.join(FOLDER, *name.split("/")), "rb") as file:
        return file.read()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def plain(value):
    return ascii(value)[1:-1] if isinstance(value, str) else str(value)


def finish():
    for text in wrong[:20]:
        print("WRONG", text)
    if len(wrong) > 20:
        print("WRONG", len(wrong) - 20, "more")
    for text in open_points:
        print("NOT PROVEN:", text)
    print("RESULT:", "THIS EVIDENCE IS NOT SOUND" if wrong else "NOT EVERYTHING IS PROVEN" if open_points else "PROVEN")
    sys.exit(1 if wrong else 2 if open_points else 0)


# 1. The files are those that MANIFEST names, and what it says of them.
try:
    manifest = {}
    for line in read("MANIFEST").decode("ascii").splitlines(True):
        digest, name = re.fullmatch(r"([0-9a-f]{64})  ([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*)\n", line).groups()
        manifest[name] = digest
except (OSError, ValueError, AttributeError):
    wrong.append("MANIFEST: is not there or not in its format")
    finish()
here = {os.path.relpath(os.path.join(at, name), FOLDER).replace(os.sep, "/") for at, _, names in os.walk(FOLDER) for name in names} - {"MANIFEST"}
for name in sorted(here | set(manifest)):
    if name not in manifest or name not in here:
        wrong.append(plain(name) + (": MANIFEST does not name it" if name in here else ": MANIFEST names it, but it is not there"))
    elif hashlib.sha256(read(name)).hexdigest() != manifest[name]:
        wrong.append(name + ": is not the file of which MANIFEST has the SHA-256")
if wrong:
    finish()
print("MANIFEST: %d files, all as it says. Its own SHA-256, to hold against what was noted at the export:" % len(manifest))
print("  " + hashlib.sha256(read("MANIFEST")).hexdigest())


# 2. Every line is whole (its hash) and follows the line before it, where that is here too (its link).
def once(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member occurs twice")
    return dict(pairs)


def lines(name, event=None):
    found = []
    for number, raw in enumerate(read(name).split(b"\n")[:-1] if name in manifest else [], 1):
        try:
            entry = json.loads(raw.decode("ascii"), object_pairs_hook=once)
            own, seq = entry.pop("hash"), entry["seq"]
            # Only a number from 0 on has a place in the tree; a line without one would be held against no root.
            if type(seq) is not int or seq < 0:
                raise ValueError("its seq is no number of an entry")
            if found and seq <= found[-1][0]:
                raise ValueError("it does not come after the line before it")
            if event and entry["event"] != event:
                raise ValueError("it is no " + event)
            if sha256(json.dumps(entry, sort_keys=True).encode()).hex() != own:
                raise ValueError("it is not what its hash was made of")
            if entry["chain"] != about["chain"] or known.setdefault(seq, raw) != raw:
                raise ValueError("it is of another chain, or another entry with its number is here")
            link[seq] = entry["prev_hash"], own
            found.append((seq, entry))
        except (ValueError, KeyError, TypeError, RecursionError) as problem:
            wrong.append("%s: line %d: %s" % (name, number, plain(str(problem))))
    if name in manifest and not read(name).endswith(b"\n"):
        wrong.append(name + ": its last line is cut off")
    return found


try:
    about = json.loads(read("export.json").decode("utf-8"), object_pairs_hook=once)
    known, link = {}, {}  # by sequence: the line; (hash of the line before, own hash)
    selected = [seq for seq, _ in lines("entries.jsonl")]
    genesis = lines("genesis.jsonl", "audit.genesis")
    announced, checkpoints = lines("announcements.jsonl", "audit.key_next"), lines("checkpoints.jsonl", "audit.checkpoint")
    tail = [seq for seq, _ in lines("links.jsonl")]
    for seq in known:
        if seq - 1 in link and link[seq][0] != link[seq - 1][1]:
            wrong.append("entry #%d does not follow entry #%d" % (seq, seq - 1))
    # Without the entry itself its hash would say nothing of the keys, and whoever compares it would be told that they are the chain's.
    if [seq for seq, _ in genesis] != [0] * bool(about["genesis_hash"]) or genesis and link[0] != ("0" * 64, about["genesis_hash"]):
        wrong.append("genesis.jsonl: is not the first entry of the chain that export.json names")
    if not selected or len(selected) != about["selected"] or selected[-1] > about["head"]["seq"]:
        wrong.append("entries.jsonl: does not hold the entries that export.json counts")

    # 3. The roots: the lines here and the hashes of tree.txt give the root that each checkpoint signs (RFC 6962).
    size = max([seq for seq, _ in checkpoints], default=0)
    given = {}
    for line in read("tree.txt").decode("ascii").splitlines() if "tree.txt" in manifest else []:
        level, index, digest = re.fullmatch(r"(\d+) (\d+) ([0-9a-f]{64})", line).groups()
        given[int(level), int(index)] = bytes.fromhex(digest)
    for level, index in [(0, seq) for seq in known if seq < size] + [(level + 1, index >> 1) for level, index in given]:
        # A hash above a line would stand for the line without holding it.
        if any((level + up, index >> up) in given for up in range(size.bit_length() + 1)):
            wrong.append("tree.txt: a hash stands in the place of another or of a line")

    made = {}

    def node(level, index):
        if (level, index) in given:
            return given[level, index]
        if (level, index) not in made:
            made[level, index] = sha256(b"\0", known[index]) if level == 0 else sha256(b"\1", node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
        return made[level, index]

    def root(leaves):
        right = None
        for level in range(leaves.bit_length()):
            if leaves >> level & 1:
                left = node(level, (leaves >> level) - 1)
                right = left if right is None else sha256(b"\1", left, right)
        return right

    # 4. The keys: the first stands in the genesis entry (or in the first announcement); each checkpoint is signed by the
    #    key in force, and puts the one announced before it in force.
    keys, first = [], (genesis[0][1].get("vkey") if genesis else None)  # (announced at, vkey, its number, PEM)
    for seq, vkey in [(0, first)] * bool(first) + [(seq, entry["vkey"]) for seq, entry in announced]:
        name, number, key = vkey.split("+", 2)
        der = base64.b64decode(key, validate=True)[1:]
        if sha256(der).hex()[:8] != number or not name.endswith("/" + about["chain"]):
            wrong.append("announcements.jsonl: entry #%d announces no key of this chain" % seq)
        pem = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % re.sub("(.{64})(?=.)", "\\1\n", base64.b64encode(der).decode())
        keys.append((seq, vkey, number, pem.encode()))
    if not first and keys and about["genesis_hash"] and about["signed_since"] == keys[0][0]:
        first = keys[0][1]
    in_force, steps, notes, spent, waiting, numbered = first, 0, [], set(), keys[::-1], {}
    for seq, entry in checkpoints:
        following = None
        while waiting and waiting[-1][0] < seq:
            key = waiting.pop()
            numbered.setdefault(key[2], []).append(key)
            following = key[1] if key[1] != first else following
        text, _, signature = entry["note"].rpartition("\n\n")
        dash, name, encoded = signature.rstrip("\n").split(" ")
        blob = base64.b64decode(encoded, validate=True)
        if text.split("\n") != [name, str(seq), base64.b64encode(root(seq)).decode()] or not name.endswith("/" + about["chain"]):
            wrong.append("checkpoints.jsonl, tree.txt or a line: checkpoint #%d signs another root than the lines have" % seq)
        by = [key for key in numbered.get(blob[:4].hex(), []) if key[1].startswith(name + "+") and key[1] not in spent]
        by = [key for key in by if key[1] == in_force] or by
        if not by:
            wrong.append("checkpoints.jsonl: checkpoint #%d is signed by a key that is not announced before it, or was used before" % seq)
            continue
        at, vkey, number, pem = by[-1]
        steps += steps == len(notes) and vkey == in_force
        spent.add(vkey)
        notes.append((seq, text.encode() + b"\n", blob[4:], pem, at))
        in_force = following
    if about["ratchet"] == "whole" and steps < len(notes):
        wrong.append("checkpoints.jsonl: the keys do not lead from the first one to that of checkpoint #%d" % notes[steps][0])

    # What lies in keys/ and notes/ for openssl is what the entries say.
    copies = {}
    for seq, text, signature, pem, at in notes:
        copies.update({"notes/%d.txt" % seq: text, "notes/%d.sig" % seq: signature, "keys/%d.pem" % at: pem})
    for name in manifest:
        if name.startswith(("keys/", "notes/")) and read(name) != copies.get(name):
            wrong.append(name + ": is not what the entry of its checkpoint or key says")

    # 5. The signatures, by openssl.
    openssl, signed = shutil.which("openssl"), set()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
        def verified(note):
            paths = [os.path.join(scratch, "%d.%s" % (note[0], part)) for part in ("txt", "sig", "pem")]
            for place, content in zip(paths, note[1:4]):
                with open(place, "wb") as file:
                    file.write(content)
            run = subprocess.run([openssl, "dgst", "-sha256", "-verify", paths[2], "-signature", paths[1], paths[0]],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return run.returncode == 0
        for note, good in zip(notes, pool.map(verified, notes) if openssl else []):
            if good:
                signed.add(note[0])
            else:
                wrong.append("checkpoints.jsonl: the signature of checkpoint #%d does not verify" % note[0])

    # 6. What follows the last checkpoint is linked only: up to the head that the console remembered.
    if tail and (tail != list(range(tail[0], tail[-1] + 1)) or tail[-1] != about["head"]["seq"] or link[tail[-1]][1] != about["head"]["hash"]
                 or any(seq >= size and seq < tail[0] for seq in selected)):
        wrong.append("links.jsonl: does not lead from the selected entries to the head that export.json names")
except (ValueError, KeyError, TypeError, IndexError, AttributeError, UnicodeError, RecursionError) as problem:
    wrong.append("a file is not in its format: %s %s" % (type(problem).__name__, plain(str(problem))))
if wrong:
    finish()

print("Chain %s of host %s; its first entry has the hash" % (plain(about["chain"]), plain(about["host"])))
print("  " + plain(about["genesis_hash"] or "(not in this folder)"))
sizes, proven = [note[0] for note in notes], {}
for seq in selected:
    # The first checkpoint after it was signed soonest, and its key was destroyed then.
    proven.setdefault(next((at for at in sizes if at > seq), None) if seq < size else None, []).append(seq)


def count(number, one, many):
    return "%d %s" % (number, one if number == 1 else many)


def few(numbers):
    return ", ".join("#%d" % seq for seq in numbers[:12]) + (" and %d more" % (len(numbers) - 12) if len(numbers) > 12 else "")


for seq, _, _, _, at in notes:
    if seq in proven:
        how = "SIGNED by the key" if seq in signed else "NOT VERIFIED, said to be signed by the key"
        print("Checkpoint #%d, %s of entry #%d, covers %s" % (seq, how, at, few(proven[seq])))
if notes and not openssl:
    open_points.append(("the %d signatures were" % len(notes) if len(notes) > 1 else "the only signature was") + " NOT VERIFIED: there is no openssl here")
if notes and openssl:
    print("Signatures: %d verified by openssl" % len(signed))
if notes and steps == len(notes):
    print("Keys: each was announced under the one before it; the first stands in entry #%d" % keys[0][0])
elif notes:
    open_points.append("that the keys follow from the chain's first one is not in this folder: each is named in the chain, and that is all")
rest = proven.get(None, [])
to_head = ("linked to the head #%d" % tail[-1]) if tail else "the lines that link to the head are not here"
if size and size in rest:
    # What it signs holds its number and the entries before it, and nothing of the rest of its own line.
    open_points.append("#%d is itself the last checkpoint: %s; the rest of its line, such as its time, only the checkpoint after it signs; %s" % (
        size, "its own signature over #0 to #%d is verified" % (size - 1) if size in signed else "its own signature was NOT VERIFIED", to_head))
    rest = [seq for seq in rest if seq != size]
if rest:
    open_points.append("%s the last checkpoint or %s in a chain without one (%s): no key signs %s; %s" % (
        count(len(rest), "entry follows", "entries follow"), "is" if len(rest) == 1 else "are", few(rest), "it" if len(rest) == 1 else "them", to_head))
if about["conflicts_open"]:
    open_points.append("the host contradicts this copy of its chain: see README.txt and conflicts/")
if about["finding"]:
    open_points.append("at the export the chain was found to be: " + plain(about["finding"]))
finish()
