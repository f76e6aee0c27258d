#!/usr/bin/env python3
"""Picks the ordinary texts that the n-gram judge is also trained on, with little weight.

    tools/background_corpus.py CORPORA OUT.jsonl

CORPORA is a folder with public Japanese corpora, which are not part of this repository (models/README.md
names them, their sources and licences). The choice is seeded: the same corpora give the same file.
Needs zstdcat (Debian: zstd).
"""
import json
import pathlib
import random
import subprocess
import sys

SEED = 99
SKIPPED, KEPT = 1000, 2000  # of each corpus; the skipped ones are for measuring false positives
LENGTHS = range(8, 301)


def rows(path):
    lines = subprocess.run(["zstdcat", path], capture_output=True, check=True).stdout.decode().splitlines()
    return [json.loads(line) for line in lines]


def corpora(folder):
    chats = rows(folder / "mrmp-chat/dialogues.jsonl.zst") + rows(folder / "real-persona-chat/dialogues.jsonl.zst")
    yield "chat", [text for dialogue in chats for _, text in dialogue["turns"]]
    yield "sentences", [row["text"] for row in rows(folder / "graded-enja-sentences/sentences.jsonl.zst")]
    yield "posts", [row["text"] for row in rows(folder / "open2ch-ranking/posts.jsonl.zst") if not row["ng"]]
    yield "morals", [row["text"] for row in rows(folder / "jcommonsensemorality/train.jsonl.zst") if row["label"] == 0]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    chance = random.Random(SEED)
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        for name, texts in corpora(pathlib.Path(sys.argv[1])):
            texts = sorted({text for text in texts if len(text) in LENGTHS})
            chance.shuffle(texts)
            for number, text in enumerate(texts[SKIPPED:SKIPPED + KEPT]):
                row = {"id": f"{name}-{number:04d}", "text": text, "label": "safe", "split": "train"}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
