"""A checker of transparency log proofs, written from the texts alone: C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-proof, tlog-policy and tlog-tiles, RFC 6962 and RFC 8032. It shares no code with `mapae-ledger` and where it can no
algorithm either: trees are recomputed by RFC 6962's recursion, where Mapae walks them as RFC 9162 does.

JSON jobs on stdin, JSON results on stdout, as in ../node/job.mjs; bytes are standard base64. Jobs:

proofs       cases [{policy, proof, entry}]                  -> refused [reason or null]
consistency  cases [{log (vkey), older, newer, proof}]       -> refused [reason or null]
forks        cases [{log (vkey), evidence}]                  -> refused [reason or null]
tiles        folder, origin, log (vkey), size                -> entries [base64] of the log that its files hold

Where the texts leave a choice it is strict: a known key's wrong signature spoils the note, base64 has one spelling, and a
cosignature has a time. It does not ask for a majority, and knows no calendar.
"""

import base64
import hashlib
import json
import pathlib
import re
import sys
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519, COSIGNATURE_V1 = 0x01, 0x04
LARGEST = 2**63 - 1


class Refused(Exception):
    """What is wrong with what was handed in."""


def demand(condition, reason):
    if not condition:
        raise Refused(reason)


# RFC 4648 section 4, and decimals as all C2SP texts write them.


def from_base64(text):
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused("not base64") from error
    demand(base64.b64encode(value).decode() == text, "base64 in a second spelling")
    return value


def from_decimal(text):
    demand(re.fullmatch(r"0|[1-9][0-9]*", text, re.ASCII), "not a decimal")
    demand(int(text) <= LARGEST, "a number beyond 2^63 - 1")
    return int(text)


def from_hash(text):
    value = from_base64(text)
    demand(len(value) == 32, "a hash of another length")
    return value


def from_utf8(octets):
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error


# signed-note.


@dataclass(frozen=True)
class Key:
    name: str
    id: bytes
    kind: int
    public: bytes


def key_from_vkey(vkey):
    """<name>+hex(id)+base64(type || key); the name has no plus, the base64 may."""
    parts = vkey.split("+", 2)
    demand(len(parts) == 3, "a vkey has three parts")
    name, key_id, material = parts[0], parts[1], from_base64(parts[2])
    check_name(name)
    demand(len(material) == 33 and material[0] in (ED25519, COSIGNATURE_V1), "a vkey of another type")
    derived = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    demand(derived.hex() == key_id, "a vkey's id is not that of its key")
    return Key(name, derived, material[0], material[1:])


def check_name(name):
    demand(name and "+" not in name and not any(c.isspace() for c in name), "a key name with space or plus")


def parse_note(octets):
    note = from_utf8(octets)
    demand(not any(c < " " and c != "\n" for c in note), "a control character in the note")
    end = note.rfind("\n\n")
    demand(end >= 0 and note.endswith("\n") and len(note) > end + 2, "a note without signatures")
    lines = note[end + 2 : -1].split("\n")
    return note[: end + 1], [parse_signature(line) for line in lines]


def parse_signature(line):
    parts = line.split(" ")
    demand(len(parts) == 3 and parts[0] == "\u2014", "not a signature line")
    check_name(parts[1])
    blob = from_base64(parts[2])
    demand(len(blob) > 4, "a signature line without a signature")
    return parts[1], blob[:4], blob[4:]


def signers(text, signatures, keys):
    """The known keys that signed. Unknown lines are ignored; a wrong one of a known key spoils the note."""
    found = set()
    for name, key_id, signature in signatures:
        known = [key for key in keys if (key.name, key.id) == (name, key_id)]
        if known:
            good = [key for key in known if verifies(key, text, signature)]
            demand(good, f"the signature of {name} does not verify")
            found.update(good)
    return found


def verifies(key, text, signature):
    if key.kind == ED25519:
        return ed25519(key.public, text.encode(), signature)
    # tlog-cosignature: u64 timestamp, then the signature over header, time and the whole text.
    if len(signature) != 8 + 64:
        return False
    time = int.from_bytes(signature[:8], "big")
    message = f"cosignature/v1\ntime {time}\n{text}".encode()
    return 0 < time <= LARGEST and ed25519(key.public, message, signature[8:])


def ed25519(public, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


# tlog-checkpoint.


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def parse_checkpoint(text):
    demand(text.endswith("\n"), "a checkpoint's lines end")
    lines = text[:-1].split("\n")
    demand(len(lines) >= 3 and all(lines), "a checkpoint has three lines and no empty one")
    return Checkpoint(lines[0], from_decimal(lines[1]), from_hash(lines[2]))


def signed_checkpoint(octets, log):
    """A checkpoint that this key signed, whose name is its origin."""
    text, signatures = parse_note(octets)
    checkpoint = parse_checkpoint(text)
    demand(log.kind == ED25519 and log.name == checkpoint.origin, "a checkpoint of another log")
    demand(signers(text, signatures, [log]), "the log did not sign")
    return checkpoint


# tlog-policy.


class Policy:
    def __init__(self, octets):
        self.logs, self.witnesses, self.groups, self.members, self.quorum = [], {}, {}, set(), None
        allowed = all(o in (0x09, 0x0A) or 0x20 <= o <= 0x7E or o >= 0x80 for o in octets)
        demand(allowed, "a control character in the policy")
        demand(octets.endswith(b"\n"), "a policy line without its end")
        for line in octets.split(b"\n"):
            items = [item for item in re.split(rb"[ \t]+", line) if item]
            if items and not items[0].startswith(b"#"):
                self.read(items[0], items[1:])
        demand(self.quorum is not None, "a policy without a quorum")

    def read(self, keyword, items):
        if keyword == b"log" and len(items) in (1, 2):
            self.logs.append(self.new_key(items[0], ED25519, self.logs))
        elif keyword == b"witness" and len(items) in (2, 3):
            key = self.new_key(items[1], COSIGNATURE_V1, self.witnesses.values())
            self.witnesses[self.new_name(items[0])] = key
        elif keyword == b"group" and len(items) >= 3:
            self.group(items[0], items[1], items[2:])
        elif keyword == b"quorum" and len(items) == 1:
            demand(self.quorum is None, "a second quorum")
            demand(items[0] == b"none" or self.defined(items[0]), "a quorum of nobody")
            self.quorum = items[0]
        else:
            raise Refused("not a line of a policy")

    def new_key(self, vkey, kind, others):
        key = key_from_vkey(from_utf8(vkey))
        demand(key.kind == kind, "a key of the wrong type")
        demand(all(key.public != other.public for other in others), "a key given twice")
        return key

    def defined(self, name):
        return name in self.witnesses or name in self.groups

    def new_name(self, name):
        demand(name != b"none" and not self.defined(name), "a name defined twice")
        return name

    def group(self, name, threshold, members):
        self.new_name(name)
        for member in members:
            demand(self.defined(member), "a member that is not defined")
            demand(member not in self.members, "a member listed twice")
            self.members.add(member)
        words = {b"any": b"1", b"all": str(len(members)).encode()}
        count = from_decimal(from_utf8(words.get(threshold, threshold)))
        demand(1 <= count <= len(members), "an impossible threshold")
        self.groups[name] = (count, members)

    def witnessed(self, name, cosigners):
        if name in self.witnesses:
            return self.witnesses[name] in cosigners
        count, members = self.groups[name]
        return sum(self.witnessed(member, cosigners) for member in members) >= count

    def accept(self, octets):
        text, signatures = parse_note(octets)
        checkpoint = parse_checkpoint(text)
        logs = [log for log in self.logs if log.name == checkpoint.origin]
        signed = signers(text, signatures, logs + list(self.witnesses.values()))
        demand(any(log in signed for log in logs), "no log of the policy signed")
        met = self.quorum == b"none" or self.witnessed(self.quorum, signed)
        demand(met, "too few witnesses cosigned")
        return checkpoint


# RFC 6962 section 2.1, by its recursion.


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size):
    """The largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1


def tree_hash(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(tree_hash(leaves[:k]), tree_hash(leaves[k:]))


def root_of_path(index, size, leaf, path):
    """2.1.1: the root to which PATH(index, D[size]) leads; the last hash is that of the half beside."""
    if size == 1:
        demand(not path, "a path that is too long")
        return leaf
    demand(path, "a path that is too short")
    k = split(size)
    if index < k:
        return node_hash(root_of_path(index, k, leaf, path[:-1]), path[-1])
    return node_hash(path[-1], root_of_path(index - k, size - k, leaf, path[:-1]))


def check_inclusion(index, leaf, path, checkpoint):
    demand(index < checkpoint.size, "an index beyond the tree")
    demand(root_of_path(index, checkpoint.size, leaf, path) == checkpoint.root, "the path leads to another root")


def roots_of_proof(old, size, known, proof):
    """2.1.2: the old root and the new one of SUBPROOF(old, D[size], b); `known` is the old root while b is true."""
    if old == size:
        if known is None:
            demand(len(proof) == 1, "a proof of another length")
            return proof[0], proof[0]
        demand(not proof, "a proof that is too long")
        return known, known
    demand(proof, "a proof that is too short")
    k = split(size)
    if old <= k:
        then, now = roots_of_proof(old, k, known, proof[:-1])
        return then, node_hash(now, proof[-1])
    then, now = roots_of_proof(old - k, size - k, None, proof[:-1])
    return node_hash(proof[-1], then), node_hash(proof[-1], now)


def check_consistency(old, old_root, checkpoint, proof):
    """That the checkpoint's tree had this root at that size; the empty tree needs no proof (tlog-witness)."""
    demand(old <= checkpoint.size, "a tree that shrank")
    for size, root in [(old, old_root), (checkpoint.size, checkpoint.root)]:
        demand(size > 0 or root == tree_hash([]), "an empty tree with another root")
    if old == 0:
        demand(not proof, "a proof from the empty tree")
        return
    then, now = roots_of_proof(old, checkpoint.size, old_root, proof)
    demand((then, now) == (old_root, checkpoint.root), "the proof leads to other roots")


# tlog-proof.


def check_proof(case):
    policy = Policy(base64.b64decode(case["policy"]))
    proof = from_utf8(base64.b64decode(case["proof"]))
    head, separator, checkpoint = proof.partition("\n\n")
    demand(separator, "a proof without a checkpoint")
    lines = head.split("\n")
    demand(lines.pop(0) == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
    if lines and lines[0].startswith("extra "):
        demand(from_base64(lines.pop(0)[6:]), "no extra data")
    demand(lines and lines[0].startswith("index "), "a proof without an index")
    index = from_decimal(lines.pop(0)[6:])
    path = [from_hash(line) for line in lines]
    accepted = policy.accept(checkpoint.encode())
    check_inclusion(index, leaf_hash(base64.b64decode(case["entry"])), path, accepted)


def check_consistent(case):
    log = key_from_vkey(case["log"])
    older, newer = (signed_checkpoint(base64.b64decode(case[which]), log) for which in ("older", "newer"))
    check_consistency(older.size, older.root, newer, [from_hash(line) for line in case["proof"]])


# Evidence of a fork: Mapae's own format, as the head of its module `fork` describes it.


def check_fork(case):
    log = key_from_vkey(case["log"])
    parts = from_utf8(base64.b64decode(case["evidence"])).split("\n\n")
    demand(len(parts) == 5, "not a head and two checkpoints")
    lines = parts[0].split("\n")
    demand(lines[0] == "mapae-tlog-fork@v1" and len(lines) > 1, "not evidence of a fork")
    demand(lines[1].startswith("root "), "evidence without a root")
    root, proof = from_hash(lines[1][5:]), [from_hash(line) for line in lines[2:]]
    older = signed_checkpoint(f"{parts[1]}\n\n{parts[2]}\n".encode(), log)
    newer = signed_checkpoint(f"{parts[3]}\n\n{parts[4]}".encode(), log)
    check_consistency(older.size, root, newer, proof)
    demand(root != older.root, "the two checkpoints agree")


# tlog-tiles.


def tile_path(prefix, index, width):
    elements = [f"{index % 1000:03}"]
    while index := index // 1000:
        elements.insert(0, f"x{index % 1000:03}")
    return "/".join(["tile", prefix, *elements]) + (f".p/{width}" if width < 256 else "")


def expected_files(size):
    """Paths of all tiles and bundles of a tree, with the level, the index and the width of each."""
    for level in range(8):
        count = size >> 8 * level
        for index in range((count + 255) // 256):
            width = min(256, count - 256 * index)
            yield tile_path(str(level), index, width), level, index, width
            if level == 0:
                yield tile_path("entries", index, width), None, index, width


def read_bundle(octets, width):
    entries = []
    while octets:
        length = int.from_bytes(octets[:2], "big")
        demand(len(octets) >= 2 + length, "a bundle that breaks off")
        entries.append(octets[2 : 2 + length])
        octets = octets[2 + length :]
    demand(len(entries) == width, "a bundle of another width")
    return entries


def check_tiles(job):
    """Every file of the folder is as the texts say, no other is there, and the whole has the checkpoint's root."""
    folder = pathlib.Path(job["folder"])
    checkpoint = signed_checkpoint((folder / "checkpoint").read_bytes(), key_from_vkey(job["log"]))
    demand((checkpoint.origin, checkpoint.size) == (job["origin"], job["size"]), "another checkpoint")
    files = list(expected_files(checkpoint.size))
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    demand(there == {path for path, *_ in files} | {"checkpoint"}, "files too many or too few")
    entries = []
    for path, level, _, width in files:
        if level is None:
            entries += read_bundle((folder / path).read_bytes(), width)
    level_hashes = [[leaf_hash(entry) for entry in entries]]
    demand(tree_hash(level_hashes[0]) == checkpoint.root, "the entries have another root")
    for level in range(1, 8):
        below = level_hashes[-1]
        level_hashes.append([tree_hash(below[at : at + 256]) for at in range(0, len(below) - 255, 256)])
    for path, level, index, width in files:
        if level is not None:
            hashes = level_hashes[level][256 * index : 256 * index + width]
            demand((folder / path).read_bytes() == b"".join(hashes), f"{path} is another")
    return [base64.b64encode(entry).decode() for entry in entries]


def refusals(check, job):
    return {"refused": [refusal(check, case) for case in job["cases"]]}


def refusal(check, case):
    try:
        check(case)
        return None
    except Refused as reason:
        return str(reason)


JOBS = {
    "proofs": lambda job: refusals(check_proof, job),
    "consistency": lambda job: refusals(check_consistent, job),
    "forks": lambda job: refusals(check_fork, job),
    "tiles": lambda job: {"entries": check_tiles(job)},
}


def answer(line):
    try:
        job = json.loads(line)
        return {"ok": True, **JOBS[job["job"]](job)}
    except Exception as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
