"""Counts what the tests have found: the last line is `N passed, N failed`, and the exit status 1 if any failed.

    summary.py FILE...   results in JUnit's form, of gotestsum and of pytest

A Go test counts as one, with its subtests. What was skipped is named with its reason. With CI=true it
counts as failed, unless the reason begins with "optional:". So does a file that is missing, or empty.
"""

import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

STRICT = os.environ.get("CI") == "true"


def reason(skipped):
    """Why a test was skipped: go test writes it between lines of its own, after the place."""
    text = skipped.get("message") or skipped.text or ""
    return " ".join(re.sub(r"(?m)^\s*(===|---).*\n?|^\s*\S+\.go:\d+: ", "", text).split()) or "no reason given"


def main(files):
    passed, failed, unchecked = 0, 0, []
    for file in map(pathlib.Path, files):
        cases = list(ElementTree.parse(file).iter("testcase")) if file.exists() else []
        if not cases:
            failed += 1
            print(f"FAIL  {file}: no results: what should have written them did not come to its end")
        for case in cases:
            name = f"{case.get('classname')} {case.get('name')}"
            bad, skipped = case.find("failure"), case.find("skipped")
            if bad is None:
                bad = case.find("error")
            if skipped is not None:
                unchecked.append((name, reason(skipped)))
            elif "/" in case.get("name") and file.stem == "go":
                pass  # a subtest of Go's
            elif bad is not None:
                failed += 1
                print(f"FAIL  {name}")
            else:
                passed += 1
    if unchecked:
        print("\nNot checked:")
    for name, why in unchecked:
        strict = STRICT and not why.startswith("optional:")
        failed += strict
        print(f"  {name}: {why}" + " (CI=true: failed)" * strict)
    print(f"\n{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main(sys.argv[1:])
