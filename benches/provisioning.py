#!/usr/bin/env python3
"""Provisioning and folder sync beside scripts with the official Python SDK.

Usage: benches/provisioning.py ASST PYTHON [--assistants N] [--files N] [--first N] [--rounds N] [--check]

ASST is the program as it is released, PYTHON an interpreter with the package `openai`. The programs run in turn against
`asst serve` in memory, and a figure is the median of the ratios of each round. The first sync is compared with fewer files
(`--first`), because `upload_and_poll` waits a second for each. `--check` fails where a limit is missed.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "compare"))

from measure import Racer, Row, at_least, at_most, race, ratio  # noqa: E402

PEERS = pathlib.Path(__file__).parent / "peers"
CONCURRENCY = 8
INSTRUCTIONS = "You answer questions about the leave policy of one department. Be brief, and cite the handbook.\n" * 8


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.rows = []
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "ASST_CONCURRENCY": str(CONCURRENCY)}
        arguments = [options.asst, "serve", "--listen", "127.0.0.1:0", "--store", "memory"]
        self.server = subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)
        url = self.server.stderr.readline().split()[-1]
        self.environment = environment | {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "any"}

    def asst(self, *arguments):
        """Runs a command. Returns its output, and its requests as `METHOD PATH`."""
        command = [self.options.asst, *arguments, "--trace"]
        done = subprocess.run(command, env=self.environment, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{arguments} failed: {done.stdout[-500:]}{done.stderr[-2000:]}")
        return done.stdout, re.findall(r"^> ((?:GET|POST|DELETE) http\S*)", done.stderr, re.MULTILINE)

    def racer(self, name, *command, prepare=None):
        return Racer(name, list(command), self.environment, prepare)

    def script(self, name, *arguments):
        return self.racer(name, self.options.python, str(PEERS / name), *map(str, arguments))

    def add(self, row):
        self.rows.append(row)
        verdict = {True: "", False: "misses", None: ""}[row.holds]
        print(f"| {row.what} | {row.measured} | {row.limit} | {verdict}", flush=True)


def writes(requests):
    return [request for request in requests if not request.startswith("GET")]


def provisioning(bench):
    count, asst = bench.options.assistants, bench.options.asst
    manifest = bench.folder / "asst.json"
    assistants = {f"a{n}": {"model": "m", "instructions": f"{INSTRUCTIONS}{n}", "metadata": {"n": str(n)}} for n in range(count)}
    manifest.write_text(json.dumps({"asst": 1, "project": "bench", "assistants": assistants}))
    bench.asst("apply", str(manifest))
    _, requests = bench.asst("plan", str(manifest), "--exit-code")
    bench.add(at_most(f"requests of a plan of {count:,} assistants", len(requests), count // 100 + 1))
    _, requests = bench.asst("apply", str(manifest))
    bench.add(at_most("writes of an apply with nothing to do", len(writes(requests)), 0))
    listing = bench.racer("assistants list", asst, "assistants", "list", "-o", "json")
    plan = bench.racer("plan", asst, "plan", str(manifest), "--exit-code")
    apply = bench.racer("apply", asst, "apply", str(manifest))
    script = bench.script("plan.py", manifest)
    race([listing, plan, apply, script], bench.options.rounds, warm=1)
    times = ", ".join(f"{racer.name} {racer.milliseconds():.0f} ms" for racer in (listing, plan, apply, script))
    bench.add(Row("medians", times, "", None))
    bench.add(at_most("plan / `assistants list -o json`", ratio(plan, listing), 1.3))
    bench.add(at_least("the Python SDK / plan", ratio(script, plan), 20))
    bench.add(at_most("apply with nothing to do / plan", ratio(apply, plan), 1.05))
    memory = {racer.name: statistics.median(racer.mebibytes() for _ in range(3)) for racer in (listing, plan)}
    bench.add(at_most("memory of a plan / of the list", memory["plan"] / memory["assistants list"], 1.5))


def filled(folder, count):
    folder.mkdir()
    for n in range(count):
        (folder / f"{n}.md").write_text(f"# Page {n}\n\nThe leave of department {n} is {n % 30} days.\n")
    return folder


def store(bench):
    return bench.asst("vector-stores", "create", "-o", "id")[0].strip()


def syncing(bench):
    asst, count = bench.options.asst, bench.options.files
    folder, target = filled(bench.folder / "pages", count), store(bench)
    command = ["vector-stores", "sync", str(folder), "--to", target]
    first = bench.racer("first sync", asst, *command)
    bench.add(at_most(f"memory of the first sync of {count:,} files", first.mebibytes(), 24, " MiB"))
    _, requests = bench.asst(*command)
    bench.add(at_most("requests of an unchanged sync", len(requests), count // 100 + 3))
    bench.add(at_most("writes of an unchanged sync", len(writes(requests)), 0))
    unchanged = bench.racer("unchanged sync", asst, *command)
    script = bench.script("sync.py", folder, target)
    race([unchanged, script], max(3, bench.options.rounds // 3), warm=1)
    bench.add(Row("medians", ", ".join(f"{racer.name} {racer.milliseconds():.0f} ms" for racer in (unchanged, script)), "", None))
    bench.add(at_least("the Python SDK / an unchanged sync", ratio(script, unchanged), 15))
    bench.add(at_most("memory of an unchanged sync", unchanged.mebibytes(), 24, " MiB"))
    (folder / "0.md").write_text("# Page 0\n\nChanged.\n")
    _, requests = bench.asst(*command)
    kinds = [re.sub(r"http\S*?/v1", "", re.sub(r"(vs_|file-)[A-Za-z0-9]{6,}", "ID", request)) for request in writes(requests)]
    bench.add(at_most("writes for one changed file", len(kinds), 4))
    bench.add(Row("these are", ", ".join(kinds), "", None))


def first_sync(bench):
    folder, racers = filled(bench.folder / "few", bench.options.first), []
    for rounds in range(max(1, bench.options.rounds // 5)):
        ours = bench.racer("asst", bench.options.asst, "vector-stores", "sync", str(folder), "--to", store(bench), "--no-ledger")
        racers.append((ours, bench.script("upload_and_poll.py", folder, store(bench), CONCURRENCY)))
        for racer in racers[-1]:
            racer.run(True)
    ratios = statistics.median(script.seconds[0] / ours.seconds[0] for ours, script in racers)
    bench.add(at_least(f"`upload_and_poll` / the first sync, {bench.options.first} files, {CONCURRENCY} at once", ratios, 10))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("asst")
    parser.add_argument("python")
    parser.add_argument("--assistants", type=int, default=1000)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    options.asst = os.path.abspath(options.asst)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, pathlib.Path(folder))
        try:
            for part in (provisioning, syncing, first_sync):
                part(bench)
        finally:
            bench.server.terminate()
            bench.server.wait()
    missed = [row.what for row in bench.rows if row.holds is False]
    print(f"{len(missed)} limits missed" + "".join(f"\n  {what}" for what in missed))
    sys.exit(bool(missed) and options.check)


if __name__ == "__main__":
    main()
