"""Figures of bulk requests and of the ledger, compared with programs that do only the basic work."""

import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from measure import Racer, Server, at_least, at_most, race, ratio

MANY = 10_000


def bulk(place):
    """Measures 10,000 durable deletes: beside `h2load` on one core, and on a server that takes 80 ms per response."""
    ids = [f"thread_{number:024}" for number in range(MANY)]
    known, ledger, listed = (place.folder / name for name in ("known.db", "ledger.db", "ids"))
    listed.write_text("\n".join(ids) + "\n")
    own_core, other_core = ["/usr/bin/taskset", "-c", "0"], ["/usr/bin/taskset", "-c", "1"]
    with Server([*other_core, place.backend, "stub"], place.environment()) as url:
        load = [place.asst, "ledger", "import", str(listed), "--ledger", str(known), "-q"]
        subprocess.run(load, env=place.environment(url), check=True, stdout=subprocess.DEVNULL)

        def fresh():
            for leftover in ("-wal", "-shm"):
                Path(f"{ledger}{leftover}").unlink(missing_ok=True)
            shutil.copyfile(known, ledger)

        def sides(url, clients):
            command = [place.asst, "threads", "delete", *ids, "--concurrency", str(clients), "--ledger", str(ledger)]
            path = f"{url}/v1/threads/{ids[0]}"
            load = ["h2load", "--h1", "-n", str(MANY), "-c", str(clients), "-t", "1", "-H", ":method: DELETE", path]
            own = Racer("asst", [*own_core, *command], place.environment(url), fresh)
            return own, Racer("h2load", [*own_core, *load], place.environment())

        own, load = sides(url, 64)
        race([own, load], 9)
        yield at_least(f"10,000 deletes ({own.milliseconds():.0f} ms), rate / h2load on one core", ratio(load, own), 0.33)
        yield at_most("memory of 10,000 deletes, 256 at once", sides(url, 256)[0].mebibytes(), 24, " MiB")
        own, load = sides(f"{url}/slow/80", 64)
        python = Racer("AsyncOpenAI", [place.python, place.peer("delete.py"), str(listed)],
                       place.environment(f"{url}/slow/80"))
        race([own, load, python], 3, warm=0)
        yield at_most("10,000 deletes at 80 ms, time / h2load", ratio(own, load), 1.03)
        yield at_most("10,000 deletes at 80 ms, time / AsyncOpenAI", ratio(own, python), 0.9)


def processes(place):
    """Measures 4,000 processes, eight at a time, that each write one row, beside 4,000 processes that do nothing."""
    amount = 4_000
    for number in range(amount):
        (place.folder / f"id{number}").write_text(f"thread_{number:024}\n")
    ledger = str(place.folder / "shared.db")
    own = lambda number: [place.asst, "-q", "ledger", "import", str(place.folder / f"id{number}"), "--origin",
                          "openai:default", "--ledger", ledger]
    ratios = []
    for _ in range(3):
        for leftover in ("", "-wal", "-shm"):
            Path(f"{ledger}{leftover}").unlink(missing_ok=True)
        took = run_eight(place, amount, own)
        ratios.append(took / run_eight(place, amount, lambda _: [place.empty()]))
    yield at_most("4,000 processes that write a row / 4,000 empty ones", statistics.median(ratios), 3.5)
    count = [place.asst, "ledger", "list", "--all-origins", "-o", "id", "--ledger", ledger]
    said = subprocess.run(count, env=place.environment(), capture_output=True, text=True, check=True).stdout
    if len(said.split()) != amount:
        raise SystemExit(f"{len(said.split())} of {amount} rows are in the ledger")


def run_eight(place, amount, command):
    """Runs `amount` processes, eight at a time, and returns the total time in seconds."""
    environment, silence = place.environment(), [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
    began, running = time.perf_counter(), 0
    for number in range(amount):
        line = command(number)
        os.posix_spawn(line[0], line, environment, file_actions=silence)
        running += 1
        if running == 8:
            reap()
            running -= 1
    for _ in range(running):
        reap()
    return time.perf_counter() - began


def reap():
    _, status = os.wait()
    if status != 0:
        raise SystemExit(f"a process ended with {status}")


def table(place):
    """Measures the time to the first line of a table of a million rows, and the memory of the process."""
    listed, ledger = place.folder / "million", place.folder / "million.db"
    with open(listed, "w") as out:
        out.writelines(f"thread_{number:024}\n" for number in range(1_000_000))
    environment = place.environment()
    load = [place.asst, "-q", "ledger", "import", str(listed), "--origin", "openai:default", "--ledger", str(ledger)]
    subprocess.run(load, env=environment, check=True)
    show = [place.asst, "-q", "threads", "list", "-o", "table", "--ledger", str(ledger)]
    first, whole = [], []
    for _ in range(5):
        began = time.perf_counter()
        with subprocess.Popen(show, env=environment, stdout=subprocess.PIPE) as shown:
            shown.stdout.readline()
            first.append(time.perf_counter() - began)
            while shown.stdout.read(1 << 20):
                pass
        whole.append(time.perf_counter() - began)
    yield at_most("a table of a million rows, the first line / the last", statistics.median(first) / statistics.median(whole), 0.1)
    yield at_most("memory of the table", Racer("asst", show, environment).mebibytes(), 12, " MiB")


def scan(place):
    """Measures the scan of a 1 GB log in which few lines contain a thread ID, beside `grep -c`."""
    log, ledger = place.folder / "app.log", place.folder / "scanned.db"
    line = "2026-11-21T10:00:00Z INFO http request method=GET path=/v1/assistants status=200 took=12ms host=web-7\n"
    with open(log, "w") as out:
        for number in range(1_000):
            out.write(line * 10_700)
            out.write(f"2026-11-21T10:00:00Z INFO made thread_{number:024x}abc for user 7\n")
    # If its output is /dev/null, grep ends at the first match, so its output goes to a file.
    grep = ["/bin/sh", "-c", 'exec grep -c thread_ "$0" >"$1"', str(log), str(place.folder / "counted")]
    count = Racer("grep -c", grep, place.environment() | {"LC_ALL": "C"})
    command = [place.asst, "-q", "ledger", "scan", str(log), "--origin", "openai:default", "--ledger", str(ledger)]
    own = Racer("asst", command, place.environment())
    race([own, count], 5)
    yield at_least(f"scan of {log.stat().st_size >> 20} MiB ({own.milliseconds():.0f} ms), rate / grep -c", ratio(count, own), 0.5)


def record(place):
    """Measures the time that `asst record` adds to a request, and the rate of an upload through it."""
    calls, big = place.peer("calls.py"), place.folder / "big.bin"
    with open(big, "wb") as out:
        out.write(os.urandom(1 << 20) * 512)
    with Server([place.backend, "stub"], place.environment()) as url:
        environment = place.environment(url)
        through = [place.asst, "-q", "record", "--"]
        median = lambda command: float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
        added = [median([*through, place.python, calls]) - median([place.python, calls]) for _ in range(5)]
        yield at_most("time that record adds to a request", statistics.median(added), 0.3, " ms")
        form = 'exec curl -sf -H "Authorization: Bearer $OPENAI_API_KEY" -F purpose=assistants -F "file=@$0" "$OPENAI_BASE_URL/files"'
        upload = ["/bin/sh", "-c", form, str(big)]
        own, bare = Racer("record", [*through, *upload], environment), Racer("curl -F", upload, environment)
        race([own, bare], 7)
        yield at_least("512 MB up through record, rate / without", ratio(bare, own), 0.9)


def export(place):
    """Measures the export of 10,000 threads of 20 messages, beside the same requests whose responses are discarded."""
    target, listed, urls = place.folder / "export", place.folder / "ids", place.folder / "urls"
    ids = [f"thread_{number:024}" for number in range(MANY)]
    listed.write_text("\n".join(ids) + "\n")
    with Server([place.backend, "stub"], place.environment()) as url:
        paths = ("", "/messages?limit=100&order=asc", "/runs?limit=100&order=asc")
        urls.write_text("".join(f'url = "{url}/v1/threads/{thread}{path}"\noutput = "/dev/null"\n' for thread in ids for path in paths))
        bare = Racer("curl -Z", [place.curl, "-sf", "-Z", "--parallel-max", "16", "-K", str(urls)], place.environment())
        command = [place.asst, "-q", "export", str(target), "--kind", "threads", "-"]
        before = []

        def fresh():
            # Renames the folder of the last round: ext4 creates files slowly after many files were deleted.
            if target.exists():
                before.append(target.rename(place.folder / f"export.{len(before)}"))

        own = Racer("asst", ["/bin/sh", "-c", 'exec "$@" <"$0"', str(listed), *command], place.environment(url), fresh)
        race([own, bare], 3, warm=1)
        yield at_most(f"export of 10,000 threads ({own.milliseconds() / 1e3:.1f} s) / the bare requests by curl -Z", ratio(own, bare), 1.2)
        check = [place.asst, "export", "verify", str(target)]
        subprocess.run(check, env=place.environment(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
