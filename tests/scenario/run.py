#!/usr/bin/env python3
"""Sekisho as its users call it, in real processes on this machine.

    tests/scenario/run.py PATH_TO_SEKISHO [unittest arguments: -v, test_journal, …]

Standard library only. SEKISHO_KILLS=N kills the server N times in each journal mode (default 3).
"""
import pathlib
import sys
import unittest

import harness


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program = pathlib.Path(sys.argv[1]).resolve()
    if not program.is_file():
        sys.exit(f"{program} is not there; build it first")
    harness.PROGRAM = str(program)
    here = pathlib.Path(__file__).parent
    arguments = sys.argv[2:]
    if not any(not argument.startswith("-") for argument in arguments):
        arguments = ["discover", "-s", str(here), *arguments]
    sys.path.insert(0, str(here))
    # No test found is no success (older unittest says 0).
    result = unittest.main(module=None, argv=["run.py", *arguments], exit=False).result
    sys.exit(0 if result.testsRun > 0 and result.wasSuccessful() and not result.skipped else 1)


if __name__ == "__main__":
    main()
