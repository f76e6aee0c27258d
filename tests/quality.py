#!/usr/bin/env python3
"""Floors of quality on the test split of data/, for the judge as it ships. Usage: quality.py SEKISHO

The floors are the goals of the first verdict, not what was measured (README.md): they fail when a change
of data, text, detectors or model costs more than it may.
"""
import json
import pathlib
import subprocess
import sys

F1_MIN = 0.75
EVERYDAY_FALSE_POSITIVE_RATE_MAX = 0.03
CONTRAST_SHARE_MIN = 0.4  # of the safe rows, or the other two floors mean little


def main():
    data = pathlib.Path(__file__).resolve().parent.parent / "data"
    command = [sys.argv[1], "eval", "--data", str(data), "--split", "test", "--json"]
    runs = [subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2)]
    report = json.loads(runs[0])
    contrast, everyday = (report["kinds"][kind] for kind in ("contrast", "everyday"))
    share = contrast["rows"] / (contrast["rows"] + everyday["rows"])
    print(f"{report['judge']}: F1 {report['f1']['value']:.3f}, false positives on everyday rows "
          f"{everyday['false_positive_rate']:.3f}, contrast rows {share:.2f} of the safe ones")
    faults = []
    if runs[0] != runs[1]:
        faults.append("two evaluations of the same rows differ")
    if report["unjudged"]:
        faults.append(f"{report['unjudged']} rows were not judged")
    if report["f1"]["value"] < F1_MIN:
        faults.append(f"F1 is below {F1_MIN}")
    if everyday["false_positive_rate"] > EVERYDAY_FALSE_POSITIVE_RATE_MAX:
        faults.append(f"more than {EVERYDAY_FALSE_POSITIVE_RATE_MAX} of the everyday rows are false positives")
    if share < CONTRAST_SHARE_MIN:
        faults.append(f"less than {CONTRAST_SHARE_MIN} of the safe rows are contrast rows")
    print("\n".join(faults) or "the floors hold")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
