#!/usr/bin/env python3
"""Writes src/guard/text/tables.cc: what the canonical view does with each code point.

Usage: tools/unicode_tables.py > src/guard/text/tables.cc

Reads Debian's package unicode-data (/usr/share/unicode). Its version must be the one of the ICU
that the program links, because ICU composes what these tables took apart. The lists of our own
stand below; docs/design/0003-canonical-text.md says why each is there.
"""

import functools
import re
import sys

UNICODE = "/usr/share/unicode"
VERSION = "15.0.0"
CODE_POINTS = 0x110000
BLOCK = 128

# ---- Lists of our own ------------------------------------------------------------------------

# Left alone although NFKC would change them. The rules in stays() keep more: whatever would start
# with a mark (Thai am, spacing accents), fractions, raised or lowered characters but letters.
KEEP = {
    0x2025, 0x2026,                          # ‥ … are punctuation, not two or three full stops
    0x2033, 0x2034, 0x2036, 0x2037, 0x2057,  # primes
    0x203C, 0x2047, 0x2048, 0x2049,          # ‼ ⁇ ⁈ ⁉
    0x2120, 0x2122,                          # ℠ ™ are not the letters SM and TM
    0x222C, 0x222D, 0x222F, 0x2230, 0x2A0C,  # integrals
    *range(0x3131, 0x318F),                  # Hangul letters standing alone (ㅋㅋ)
}

# Where a character goes instead of, or without, its compatibility mapping.
REPLACE = {
    0xFF5E: "〜",  # the full-width tilde is the wave dash of Windows
    0x2010: "-", 0x2011: "-", 0x2212: "-",
    0x2F3E: "戸", 0x2FCA: "黒",  # Japanese PDFs use these radicals for the Japanese forms
    0x1F10B: "0", 0x1F10C: "0", 0x24FF: "0",
}
REPLACE.update({0x2776 + i: str(i + 1) for i in range(10)})  # ❶ …
REPLACE.update({0x2780 + i: str(i + 1) for i in range(10)})  # ➀ …
REPLACE.update({0x278A + i: str(i + 1) for i in range(10)})  # ➊ …
REPLACE.update({0x24EB + i: str(i + 11) for i in range(10)})  # ⓫ …
REPLACE.update({0x24F5 + i: str(i + 1) for i in range(10)})  # ⓵ …
REPLACE.update({0x1F150 + i: chr(0x41 + i) for i in range(26)})  # 🅐 …
REPLACE.update({0x1F170 + i: chr(0x41 + i) for i in range(26)})  # 🅰 …
REPLACE.update({0x1F1E6 + i: chr(0x41 + i) for i in range(26)})  # 🇦 … when not part of a flag
for styled, plain in zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡ", "abcdefghijklmnoprstuvwyzag"):
    REPLACE[ord(styled)] = plain
# Half-width Hangul letters go to the letters standing alone, not to conjoining ones.
REPLACE.update({0xFFA1 + i: chr(0x3131 + i) for i in range(30)})
for first, letter, count in ((0xFFC2, 0x314F, 6), (0xFFCA, 0x3155, 6), (0xFFD2, 0x315B, 6),
                             (0xFFDA, 0x3161, 3)):
    REPLACE.update({first + i: chr(letter + i) for i in range(count)})
VOICING = {0x3099: 0x3099, 0x309A: 0x309A, 0x309B: 0x309B, 0x309C: 0x309C, 0xFF9E: 0x309B,
           0xFF9F: 0x309C}
REPLACE.update({mark: chr(to) for mark, to in VOICING.items()})

# One Latin letter each; applied only in words that mix scripts.
LOOK_ALIKES = dict(zip(
    "АВЕЅІЈКМНОРСТУХҮԌԚԜӀԁеһіјкӏорсѕухѵүԛԝа"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγειηκνορτυχ"              # Greek, without ω: it is the mouth of (oωo)
    "ՍՏՕԼոսօհցզյ",                             # Armenian
    "ABESIJKMHOPCTYXYGQWIdehijklopcsyxvyqwa"
    "ABEZHIKMNOPTYXayeinkvoptux"
    "USOLnuohgqj", strict=True))

# Controls that nobody sees, beside Default_Ignorable_Code_Point.
INVISIBLE = {0x2800, *range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85),
             *range(0x86, 0xA0), 0xFFF9, 0xFFFA, 0xFFFB}

# Scripts whose letters are complete without combining marks, or compose with them.
SCRIPTS_WITHOUT_MARKS = {"Latin", "Greek", "Cyrillic", "Armenian", "Georgian", "Han", "Hiragana",
                         "Katakana", "Bopomofo", "Common", "Inherited", "Unknown"}

# ---- Unicode's files ---------------------------------------------------------------------------


def lines(name):
    with open(f"{UNICODE}/{name}", encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                yield [field.strip() for field in line.split(";")]


def span(text):
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def having(name, value):
    return {cp for fields in lines(name) if fields[1] == value for cp in span(fields[0])}


def valued(name):
    return {cp: fields[1] for fields in lines(name) for cp in span(fields[0])}


def check_version():
    with open(f"{UNICODE}/Blocks.txt", encoding="utf-8") as file:
        if f"Blocks-{VERSION}.txt" not in file.readline():
            sys.exit(f"{UNICODE} is not Unicode {VERSION}")


check_version()
CATEGORY = valued("extracted/DerivedGeneralCategory.txt")
CLASS = {cp: int(value) for cp, value in valued("extracted/DerivedCombiningClass.txt").items()}
SCRIPT = valued("Scripts.txt")
SHORT_SCRIPT = {fields[1]: fields[2] for fields in lines("PropertyValueAliases.txt")
                if fields[0] == "sc"}
EXTENSIONS = {cp: {SHORT_SCRIPT[name] for name in value.split()}
              for cp, value in valued("ScriptExtensions.txt").items()}
IGNORABLE = having("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point")
WHITE = having("PropList.txt", "White_Space")
PICTOGRAPH = having("emoji/emoji-data.txt", "Extended_Pictographic")
MODIFIER = having("emoji/emoji-data.txt", "Emoji_Modifier")
TWO_STYLES = {int(fields[0].split()[0], 16)
              for fields in lines("emoji/emoji-variation-sequences.txt")} - set(b"0123456789#*")
REGIONS = [[int(cp, 16) - 0x1F1E6 for cp in fields[0].split()]
           for fields in lines("emoji/emoji-sequences.txt")
           if fields[1] == "RGI_Emoji_Flag_Sequence"]
IDEOGRAPH = {cp: int(fields[1], 16) for fields in lines("EquivalentUnifiedIdeograph.txt")
             for cp in span(fields[0])}
EXCLUDED = having("DerivedNormalizationProps.txt", "Full_Composition_Exclusion")


def decompositions():
    canonical, compatible = {}, {}
    for fields in lines("UnicodeData.txt"):
        tag, _, rest = fields[5].rpartition(">")
        if rest:
            to = [int(cp, 16) for cp in rest.split()]
            (compatible if tag else canonical)[int(fields[0], 16)] = (tag.strip("<"), to)
    return canonical, compatible


CANONICAL, COMPATIBLE = decompositions()
COMPOSED = {tuple(to): cp for cp, (_, to) in CANONICAL.items() if cp not in EXCLUDED}
COMPOSED.update({(0x1100 + i // 21, 0x1161 + i % 21): 0xAC00 + i * 28 for i in range(19 * 21)})
COMPOSED.update({(0xAC00 + i * 28, 0x11A7 + tail): 0xAC00 + i * 28 + tail
                 for i in range(19 * 21) for tail in range(1, 28)})
JOINS = {pair[1] for pair in COMPOSED if CLASS.get(pair[1], 0) == 0}


def scripts_of(cp):
    return EXTENSIONS.get(cp) or {SCRIPT.get(cp, "Unknown")}


def takes_marks(cp):
    return not scripts_of(cp) <= SCRIPTS_WITHOUT_MARKS


def is_letter(cp):
    return CATEGORY.get(cp, "Cn").startswith("L")


def is_voicing_site(cp):
    return is_letter(cp) and bool(scripts_of(cp) & {"Hiragana", "Katakana", "Han"})


def is_mark(cp):
    return CATEGORY.get(cp) in ("Mn", "Me") or CLASS.get(cp, 0) != 0


def stays(cp, tag, to):
    if cp in KEEP or tag == "fraction":
        return True
    if tag in ("super", "sub"):
        return not all(is_letter(c) for c in to)
    return is_mark(to[0]) or (len(to) > 1 and to[0] == 0x20 and is_mark(to[1]))


@functools.cache
def expand(cp):
    """The full decomposition, with our own lists before Unicode's."""
    if cp in REPLACE:
        return [ord(c) for c in REPLACE[cp]]
    if cp in IDEOGRAPH:
        return [IDEOGRAPH[cp]]
    if cp in CANONICAL:
        to = CANONICAL[cp][1]
    elif cp in COMPATIBLE and not stays(cp, *COMPATIBLE[cp]):
        to = COMPATIBLE[cp][1]
    else:
        return [cp]
    return [c for part in to for c in expand(part)]


def compose(text):
    """NFC of text that is fully decomposed."""
    text = list(text)
    for i in range(1, len(text)):  # canonical order
        j = i
        while j > 0 and CLASS.get(text[j - 1], 0) > CLASS.get(text[j], 0) > 0:
            text[j - 1], text[j] = text[j], text[j - 1]
            j -= 1
    out, starter, last = [], None, -1
    for cp in text:
        rank = CLASS.get(cp, 0)
        if starter is not None and (last < rank or (last == -1 and rank == 0)):
            both = COMPOSED.get((out[starter], cp))
            if both:
                out[starter] = both
                continue
        if rank == 0:
            starter, last = len(out), -1
        else:
            last = rank
        out.append(cp)
    return out


def canonical(cp):
    text = compose(expand(cp))
    if is_mark(cp):
        return text
    kept = text[:1]
    for c in text[1:]:
        if not is_mark(c) or takes_marks(kept[-1]):
            kept.append(c)
    return kept


# ---- Records -----------------------------------------------------------------------------------

SCRIPT_NAMES = {"Latin": "kLatin", "Cyrillic": "kCyrillic", "Greek": "kGreek",
                "Armenian": "kArmenian"}


def kind_of(cp, mapping):
    if 0x1F1E6 <= cp <= 0x1F1FF:
        return "kRegional"
    if cp == 0x200D:
        return "kJoiner"
    if 0xFE00 <= cp <= 0xFE0F or 0xE0100 <= cp <= 0xE01EF:
        return "kSelector"
    if 0xE0000 <= cp <= 0xE007F:
        return "kTag"
    if cp in IGNORABLE or cp in INVISIBLE:
        return "kIgnorable"
    if cp in VOICING:
        return "kVoicing" if cp in (0x3099, 0x309A) else "kSpacingVoicing"
    if cp in JOINS:
        return "kJoin"
    if is_mark(cp):
        return "kScriptMark" if takes_marks(cp) else "kMark"
    return "kCopy" if mapping == [cp] else "kFold"


def flags_of(cp, mapping, kind):
    flags = []
    if takes_marks(mapping[-1]):
        flags.append("kTakesMarks")
    if is_voicing_site(mapping[-1]):
        flags.append("kTakesVoicing")
    if kind == "kCopy" and cp in PICTOGRAPH:
        flags.append("kPictograph")
    if kind == "kCopy" and cp in MODIFIER:
        flags.append("kModifier")
    if kind == "kCopy" and cp in TWO_STYLES:
        flags.append("kTwoStyles")
    if cp in WHITE:
        flags.append("kWhite")
    return flags


def records():
    """The distinct records, the number of each code point's record, and the mappings."""
    known, numbers, mappings = {}, [], []
    for cp in range(CODE_POINTS):
        if 0xAC00 <= cp <= 0xD7A3 or 0xD800 <= cp <= 0xDFFF:
            mapping = [cp]
        else:
            mapping = canonical(cp)
        kind = kind_of(cp, mapping)
        if kind in ("kJoiner", "kSelector", "kTag", "kIgnorable"):
            mapping = [cp]
        scripts = {SCRIPT_NAMES[SCRIPT[c]] for c in mapping
                   if is_letter(c) and SCRIPT.get(c) in SCRIPT_NAMES}
        latin = LOOK_ALIKES.get(chr(cp))
        offset, size = 0, 0
        if mapping != [cp]:
            offset, size = len(mappings), len(mapping)
            mappings += mapping
        record = ("Kind::" + kind, " | ".join(flags_of(cp, mapping, kind)) or "0",
                  " | ".join(sorted(scripts)) or "0", f"'{latin}'" if latin else "0", size, offset)
        numbers.append(known.setdefault(record, len(known)))
    return list(known), numbers, mappings


def wrapped(items):
    line = " "
    for item in items:
        if len(line) + len(item) + 2 > 100:
            yield line
            line = " "
        line += f" {item},"
    yield line


def array(declaration, items):
    print(f"{declaration} = {{")
    for line in wrapped(items):
        print(line)
    print("};\n")


def main():
    known, numbers, mappings = records()
    blocks, block_of = {}, []
    for first in range(0, CODE_POINTS, BLOCK):
        block = tuple(numbers[first:first + BLOCK])
        block_of.append(blocks.setdefault(block, len(blocks)))
    regions = [0] * 26
    for first, second in REGIONS:
        regions[first] |= 1 << second
    print(f"// Generated by tools/unicode_tables.py from Unicode {VERSION}. Do not edit.")
    print("// clang-format off")
    print('#include "guard/text/tables.h"\n')
    print("namespace sekisho::text {\n")
    array("const std::uint16_t kBlockOf[]", [str(block) for block in block_of])
    array("const std::uint16_t kRecordOf[]", [str(n) for block in blocks for n in block])
    array("const Record kRecords[]", ["{" + ", ".join(map(str, record)) + "}" for record in known])
    array("const char32_t kMappings[]", [hex(cp) for cp in mappings])
    array("const std::uint32_t kRegions[]", [hex(seconds) for seconds in regions])
    print("}  // namespace sekisho::text")


if __name__ == "__main__":
    main()
