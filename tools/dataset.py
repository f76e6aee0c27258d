#!/usr/bin/env python3
"""The labelled text in data/: gives new rows their id and split, and checks every row.

    tools/dataset.py --check      what the tests run; exit 1 with file:line and reason for each fault
    tools/dataset.py --assign     adds the missing id and split to rows, then checks
    tools/dataset.py --figures    the counts that data/README.md states

A row's split follows from its topic alone, so rows of one scene, and therefore the rows of a pair, never
straddle train, valid and test. Near-copies that would straddle are faults.
"""
import argparse
import collections
import hashlib
import json
import pathlib
import sys
import unicodedata

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
CATEGORIES = {
    "violence", "violence/graphic", "self-harm", "hate", "harassment", "sexual", "sexual/minors",
    "illicit/drugs", "illicit/weapons", "illicit/bio", "illicit/property", "illicit/financial",
    "illicit/cybercrime", "privacy/doxxing", "privacy/self", "privacy/request", "injection", "secret",
}
REGISTERS = {"polite", "casual", "sns", "forum", "business", "prompt", "answer", "dialect", "news"}
KINDS = {"unsafe", "contrast", "everyday"}
KEYS = ["id", "text", "label", "categories", "register", "kind", "pair", "topic", "side", "split"]
CODE_POINTS_MAX = 2048
# Two texts that share this part of their character 4-grams are near-copies.
NEAR_COPY_JACCARD = 0.6


SPLITS = {"train": 0.7, "valid": 0.1, "test": 0.2}


def files():
    return sorted(DATA.glob("*.jsonl"))


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def assign():
    """Ids count on within their topic. A topic keeps the split it has; a new one goes, in the order of
    its hash, to the split that is furthest behind its share within the topic's category."""
    rows_of = {path: read(path) for path in files()}
    rows = [row for rows in rows_of.values() for row in rows]
    topics = collections.defaultdict(list)
    for row in rows:
        topics[row["topic"]].append(row)
    counts = collections.defaultdict(collections.Counter)
    split = {}

    def category(topic):
        firsts = [row["categories"][0] for row in topics[topic] if row["categories"]]
        return collections.Counter(firsts).most_common(1)[0][0] if firsts else "everyday"

    def place(topic, chosen):
        split[topic] = chosen
        counts[category(topic)][chosen] += len(topics[topic])

    for topic, members in topics.items():
        known = {row["split"] for row in members if "split" in row}
        if known:
            place(topic, sorted(known)[0])
    for topic in sorted(set(topics) - set(split), key=lambda t: hashlib.sha256(t.encode()).hexdigest()):
        have = counts[category(topic)]
        total = sum(have.values()) + len(topics[topic])
        place(topic, max(SPLITS, key=lambda name: SPLITS[name] * total - have[name]))

    last = collections.Counter()
    for row in rows:
        if "id" in row:
            last[row["topic"]] = max(last[row["topic"]], int(row["id"].rsplit("-", 1)[1]))
    for path, members in rows_of.items():
        with open(path, "w", encoding="utf-8") as out:
            for row in members:
                if "id" not in row:
                    last[row["topic"]] += 1
                    row["id"] = f"{row['topic']}-{last[row['topic']]:03d}"
                row["split"] = split[row["topic"]]
                out.write(json.dumps({key: row[key] for key in KEYS if key in row}, ensure_ascii=False) + "\n")


def faults_of_row(row):
    missing = [key for key in KEYS if key not in row]
    if missing:
        yield f"misses {', '.join(missing)}"
        return
    extra = [key for key in row if key not in KEYS]
    if extra:
        yield f"has unknown keys {', '.join(extra)}"
    if not row["text"].strip() or len(row["text"]) > CODE_POINTS_MAX:
        yield f"text is empty or longer than {CODE_POINTS_MAX} characters"
    if row["label"] not in ("safe", "unsafe"):
        yield "label is neither safe nor unsafe"
    if (row["label"] == "unsafe") != (row["kind"] == "unsafe"):
        yield "label and kind disagree"
    if (row["label"] == "unsafe") != bool(row["categories"]):
        yield "only unsafe rows have categories, and every one has"
    for category in row["categories"]:
        if category not in CATEGORIES:
            yield f"unknown category {category}"
    if row["register"] not in REGISTERS:
        yield f"unknown register {row['register']}"
    if row["kind"] not in KINDS:
        yield f"unknown kind {row['kind']}"
    if row["side"] not in ("input", "output"):
        yield f"unknown side {row['side']}"
    if row["split"] not in SPLITS:
        yield f"unknown split {row['split']}"


def grams(text):
    folded = "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
    return frozenset(folded[i:i + 4] for i in range(max(1, len(folded) - 3)))


def near_copies(rows):
    """Pairs of rows in different splits whose 4-grams overlap too much."""
    posting = collections.defaultdict(list)
    shingles = [grams(row["text"]) for _, row in rows]
    for number, shingle in enumerate(shingles):
        for gram in shingle:
            posting[gram].append(number)
    for number, shingle in enumerate(shingles):
        shared = collections.Counter()
        for gram in shingle:
            shared.update(other for other in posting[gram] if other < number)
        for other, count in shared.items():
            union = len(shingle) + len(shingles[other]) - count
            if count < NEAR_COPY_JACCARD * union:
                continue
            if rows[number][1]["split"] != rows[other][1]["split"]:
                yield rows[number][0], f"is a near-copy of {rows[other][1]['id']} in another split"


def check():
    faults, everything, texts, ids, splits = [], [], {}, {}, {}
    pairs = collections.defaultdict(set)
    for path in files():
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            place = f"{path.relative_to(DATA.parent)}:{number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                faults.append((place, f"is not JSON: {error}"))
                continue
            row_faults = list(faults_of_row(row))
            faults += [(place, fault) for fault in row_faults]
            if row_faults:
                continue
            for what, seen in (("text", texts), ("id", ids)):
                if row[what] in seen:
                    faults.append((place, f"has the same {what} as {seen[row[what]]}"))
                seen[row[what]] = place
            if splits.setdefault(row["topic"], row["split"]) != row["split"]:
                faults.append((place, f"topic {row['topic']} stands in two splits"))
            if row["pair"]:
                pairs[row["pair"]].add(row["label"])
            everything.append((place, row))
    for place, row in everything:
        if row["kind"] == "contrast" and "unsafe" not in pairs.get(row["pair"], ()):
            faults.append((place, "is a contrast row without an unsafe partner"))
    faults += near_copies(everything)
    for place, fault in faults:
        print(f"{place}: {fault}")
    print(f"{len(everything)} rows, {len(faults)} faults")
    return 1 if faults else 0


def figures():
    rows = [row for path in files() for row in read(path)]
    table = collections.Counter()
    for row in rows:
        table[(row["categories"][0] if row["categories"] else f"safe: {row['kind']}", row["split"])] += 1
    print("| category | train | valid | test |\n| --- | ---: | ---: | ---: |")
    for name in sorted({name for name, _ in table}):
        print(f"| {name} | " + " | ".join(str(table[(name, s)]) for s in ("train", "valid", "test")) + " |")
    safe = [row for row in rows if row["label"] == "safe" and row["split"] == "test"]
    contrast = sum(row["kind"] == "contrast" for row in safe)
    print(f"\n{len(rows)} rows; of the test split's {len(safe)} safe rows {contrast} "
          f"({100 * contrast / len(safe):.0f} %) are contrast rows.")
    for field in ("register", "side"):
        print(field + ": " + ", ".join(f"{k} {n}" for k, n in
                                       collections.Counter(row[field] for row in rows).most_common()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--assign", action="store_true")
    choice.add_argument("--figures", action="store_true")
    arguments = parser.parse_args()
    if arguments.figures:
        figures()
        return 0
    if arguments.assign:
        assign()
    return check()


if __name__ == "__main__":
    sys.exit(main())
