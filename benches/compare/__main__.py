"""Measures the figures and prints them as a table. `benches/compare.sh` installs the requirements and starts this."""

import argparse
import sys
import tempfile
import time

from figures import ALL, Place


def main():
    parser = argparse.ArgumentParser(prog="benches/compare.sh")
    for program in ("asst", "backend", "starts", "peers", "folder"):
        parser.add_argument(f"--{program}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="fail if a figure misses its limit")
    parser.add_argument("figure", nargs="*", choices=[[], *ALL], help="the figures to measure; default: all")
    given = parser.parse_args()
    rows = []
    for name in given.figure or ALL:
        with tempfile.TemporaryDirectory(dir=given.folder, prefix="compare-") as folder:
            place = Place(given.asst, given.backend, given.starts, given.peers, folder)
            began = time.monotonic()
            rows += ALL[name](place)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    show(rows)
    missed = any(row.holds is False for row in rows)
    sys.exit(given.check and missed)


def show(rows):
    width = max(len(row.what) for row in rows)
    print(f"| {'':{width}} | measured | limit    |        |\n|{'-' * (width + 2)}|----------|----------|--------|")
    for row in rows:
        verdict = {True: "holds", False: "MISSES", None: ""}[row.holds]
        print(f"| {row.what:{width}} | {row.measured:8} | {row.limit:8} | {verdict:6} |")


main()
