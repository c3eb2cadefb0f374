"""The figures. Each function runs asst and the peers in turn and yields rows of the table."""

import json
import os
import re
import shutil
import statistics
import subprocess
import time
import urllib.request
from pathlib import Path

from bulk import bulk, export, processes, record, scan, table
from measure import Racer, Row, Server, at_least, at_most, race, ratio, wrk
from streams import streams

MOST_MEBIBYTES = 24


class Place:
    """The programs to run, a temporary folder, and an environment without the variables of the user."""

    def __init__(self, asst, backend, starts, peers, folder):
        self.asst, self.backend, self.starts, self.peers = asst, backend, starts, Path(peers)
        self.folder = Path(folder)
        self.curl, self.node = shutil.which("curl"), shutil.which("node")
        self.python = str(self.peers / "venv/bin/python")

    def environment(self, url=None):
        home = str(self.folder)
        found = {"HOME": home, "PATH": os.environ["PATH"], "ASST_SERVE_KEY": "sk-bench"}
        return found | ({"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "sk-bench"} if url else {})

    def peer(self, name):
        return str(self.peers / name)

    def empty(self):
        """Compiles a program that does nothing, and returns its path."""
        program = self.folder / "empty"
        if not program.exists():
            source = str(Path(__file__).parent.parent / "empty.rs")
            subprocess.run(["rustc", "-O", "-C", "strip=symbols", "-o", str(program), source], check=True)
        return str(program)


def starts(place):
    """Runs `cargo bench --bench figures`, which measures `asst --help` and `threads list`, and yields its rows."""
    environment = os.environ | {"ASST_BENCH_ROUNDS": "21", "ASST_BENCH_LEDGERS": "1"}
    said = subprocess.run([place.starts, "--bench"], env=environment, capture_output=True, text=True, check=True)
    for line in said.stdout.splitlines():
        if found := re.fullmatch(r"(\S.*?)\s+[\d.]+\s+([\d.]+)\s+([\d.]+)", line.strip()):
            name, measured, limit = found.groups()
            yield at_most(f"{name} / empty program", float(measured), float(limit))


def lists(place):
    """Measures `assistants list` with 20 assistants, from `asst serve` on loopback."""
    with Server([place.asst, "serve", "--listen", "127.0.0.1:0"], place.environment(), "stderr") as url:
        environment = place.environment(url)
        for number in range(20):
            create = [place.asst, "assistants", "create", "--model", "m", "--name", f"a{number}", "--no-ledger"]
            subprocess.run(create, env=environment, stdout=subprocess.DEVNULL, check=True)
        headers = ["-H", "Authorization: Bearer sk-bench", "-H", "OpenAI-Beta: assistants=v2"]
        get = [place.curl, "-sf", "-o", os.devnull, *headers, f"{url}/v1/assistants?limit=100"]
        own = Racer("asst", [place.asst, "assistants", "list"], environment)
        curl = Racer("curl", get, environment)
        race([own, curl], 41)
        yield at_most(f"assistants list ({own.milliseconds():.1f} ms) / curl", ratio(own, curl), 0.5)
        own = Racer("asst", [place.asst, "assistants", "list"], environment)
        node = Racer("the Node SDK", [place.node, place.peer("list.mjs")], environment)
        python = Racer("the Python SDK", [place.python, place.peer("list.py")], environment)
        race([own, node, python], 11)
        yield at_least("the Node SDK / assistants list", ratio(node, own), 50)
        yield at_least("the Python SDK / assistants list", ratio(python, own), 300)


def deletes(place):
    """Measures 1,000 deletes by one command. Each is recorded durably in a ledger that has a row of the thread."""
    ids = [f"thread_{number:024}" for number in range(1000)]
    known, ledger, listed = (place.folder / name for name in ("known.db", "ledger.db", "ids"))
    listed.write_text("\n".join(ids) + "\n")
    with Server([place.backend, "stub"], place.environment()) as url:
        environment = place.environment(url)
        load = [place.asst, "ledger", "import", str(listed), "--ledger", str(known), "-q"]
        subprocess.run(load, env=environment, check=True, stdout=subprocess.DEVNULL)

        def fresh():
            for leftover in ("-wal", "-shm"):
                Path(f"{ledger}{leftover}").unlink(missing_ok=True)
            shutil.copyfile(known, ledger)

        config = place.folder / "urls"
        config.write_text("".join(f'url = "{url}/v1/threads/{thread}"\n' for thread in ids))
        headers = ["-H", "Authorization: Bearer sk-bench", "-H", "OpenAI-Beta: assistants=v2"]
        command = [place.asst, "threads", "delete", *ids, "--concurrency", "64", "--ledger", str(ledger)]
        own = Racer("asst", command, environment, fresh)
        transfer = [place.curl, "-sf", "-Z", "--parallel-max", "64", "-X", "DELETE", *headers, "-K", str(config)]
        curl = Racer("curl -Z", transfer, environment)
        race([own, curl], 21)
        yield at_most(f"1,000 deletes ({own.milliseconds():.0f} ms) / curl -Z", ratio(own, curl), 0.95)
        yield at_most("memory of 1,000 deletes", own.mebibytes(), MOST_MEBIBYTES, " MiB")
        counted = [place.asst, "ledger", "stats", "-o", "json", "--ledger", str(ledger)]
        said = subprocess.run(counted, env=environment, capture_output=True, text=True, check=True).stdout
        if not re.search(r'"state": "deleted",\s*"amount": 1000\b', said):
            raise SystemExit(f"the ledger does not have a thousand deletions: {said}")
        own = Racer("asst", command, environment, fresh)
        node = Racer("the Node SDK", [place.node, place.peer("delete.mjs"), str(listed)], environment)
        python = Racer("the Python SDK", [place.python, place.peer("delete.py"), str(listed)], environment)
        race([own, node, python], 3, warm=1)
        yield Row("1,000 deletes, the Node SDK / asst", f"{ratio(node, own):.3g}", "", None)
        yield at_least("1,000 deletes, the Python SDK / asst", ratio(python, own), 40)
        yield from stub_is_no_limit(url, own)


def stub_is_no_limit(url, own):
    """Measures the stub with h2load, the fastest client, to show that the stub does not limit asst."""
    if not shutil.which("h2load"):
        return
    command = ["h2load", "--h1", "-n", "20000", "-c", "64", "-t", "1", "-H", ":method: DELETE", f"{url}/v1/threads/t"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", said)[1])
    yield at_least("1,000 deletes, highest rate of the stub / asst", rate / (1000 / statistics.median(own.seconds)), 1.2)


def limits(place):
    """Measures deletes on a server with a rate limit that it shows only by 429. No delete may fail."""
    with Server([place.backend, "stub"], place.environment()) as url:
        for most, seconds, amount in ((5, 1, 100), (50, 1, 500), (300, 60, 600)):
            below = f"{url}/limit/{most}/{seconds}"
            ids = [f"thread_{number:024}" for number in range(amount)]
            began = time.monotonic()
            subprocess.run([place.asst, "threads", "delete", *ids, "-q", "--ledger", str(place.folder / "ledger.db")],
                           env=place.environment(below), stdout=subprocess.DEVNULL, check=True)
            took = time.monotonic() - began
            with urllib.request.urlopen(f"{below}/seen") as answer:
                seen = json.load(answer)
            name = f"{amount} deletes at {most} in {seconds} s"
            yield at_most(f"{name}, time / time at the limit", took / (amount / most * seconds), 1.1)
            # The requests in flight when the limit was found were refused once. They do not count.
            later = max(0, seen["refused"] - 15)
            yield at_most(f"{name}, refusals / window", later / seen["windows"], 1)


def files(place):
    """Measures an upload and a download of 512 MB. The files are in memory."""
    length, shared = 512 << 20, Path("/dev/shm") / f"asst-compare-{os.getpid()}"
    shared.mkdir()
    try:
        source, target = shared / "source.bin", shared / "target.bin"
        with open(source, "wb") as out:
            for _ in range(length >> 20):
                out.write(os.urandom(1 << 10) * (1 << 10))
        with Server([place.backend, "stub"], place.environment()) as url:
            yield from transfers(place, url, length, source, target)
    finally:
        shutil.rmtree(shared)


def transfers(place, url, length, source, target):
    environment = place.environment(url)
    auth = ["-H", "Authorization: Bearer sk-bench"]
    form = ["-F", "purpose=assistants", "-F", f"file=@{source}"]
    up = [place.asst, "files", "upload", str(source), "--purpose", "assistants"]
    down = [place.asst, "files", "content", f"file-{length}", "--to", str(target)]
    gone = lambda: target.unlink(missing_ok=True)
    own = Racer("asst", up, environment)
    curl = Racer("curl -F", [place.curl, "-sf", *auth, *form, f"{url}/v1/files"], environment)
    race([own, curl], 11)
    yield at_most(f"512 MB up ({own.milliseconds():.0f} ms) / curl -F", ratio(own, curl), 1.1)
    yield at_most("memory of 512 MB up", own.mebibytes(), MOST_MEBIBYTES, " MiB")
    content = f"{url}/v1/files/file-{length}/content"
    own = Racer("asst", down, environment, gone)
    curl = Racer("curl -o", [place.curl, "-sf", *auth, "-o", str(target), content], environment, gone)
    race([own, curl], 11)
    if target.stat().st_size != length:
        raise SystemExit(f"{target.stat().st_size} of {length} bytes were downloaded")
    yield at_most(f"512 MB down ({own.milliseconds():.0f} ms) / curl -o", ratio(own, curl), 0.95)
    yield at_most("memory of 512 MB down", own.mebibytes(), MOST_MEBIBYTES, " MiB")


def server(place):
    """Measures the embedded server with 64 connections: durable creates of threads, and reads of one thread."""
    store, database = place.folder / "store", place.folder / "fastify.db"
    environment = place.environment() | {"ASST_SERVE_KEY": ""}
    del environment["ASST_SERVE_KEY"]
    serve = [place.asst, "serve", "--listen", "127.0.0.1:0", "--store", str(store)]
    with (
        Server(serve, environment, "stderr") as own,
        Server([place.backend, "memory"], environment) as memory,
        Server([place.node, place.peer("fastify.mjs"), str(database)], environment) as fastify,
    ):
        sides = [own, memory, fastify]
        made = [measure_all(sides, place.peer("create.lua")) for _ in range(5)]
        one = [f"{url}/v1/threads/{first_thread(place, url)}" for url in sides]
        read = [[wrk(url, 2) for url in one] for _ in range(5)]
    yield from server_rows("POST", made, 0.3, 8, 20)
    yield from server_rows("GET", read, 0.7, None, 5)


def measure_all(sides, script):
    return [wrk(f"{url}/v1/threads", 3, script) for url in sides]


def first_thread(place, url):
    headers = ["-H", "OpenAI-Beta: assistants=v2", "-H", "Content-Type: application/json"]
    command = [place.curl, "-sf", *headers, "-d", "{}", f"{url}/v1/threads"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.search(r'"id":"(.*?)"', said)[1]


def server_rows(method, rounds, of_memory, of_fastify, latest):
    rate = statistics.median(own for (own, _), _, _ in rounds)
    beside_memory = statistics.median(own / memory for (own, _), (memory, _), _ in rounds)
    beside_fastify = statistics.median(own / fastify for (own, _), _, (fastify, _) in rounds)
    yield at_least(f"{method} ({rate:.0f}/s) / axum in memory", beside_memory, of_memory)
    name = f"{method} / Fastify with better-sqlite3"
    yield at_least(name, beside_fastify, of_fastify) if of_fastify else Row(name, f"{beside_fastify:.3g}", "", None)
    yield at_most(f"{method}, 99th percentile", statistics.median(late for (_, late), _, _ in rounds), latest, " ms")


def runs(place):
    """Measures runs of the embedded server with the model `echo`: runs per second, polled and streamed, and the time of
    a run in a long thread. Compares them with myla, whose mock model does the same. No package registry has another
    server of this protocol."""
    environment = place.environment()
    del environment["ASST_SERVE_KEY"]
    serve = [place.asst, "serve", "--listen", "127.0.0.1:0", "--store", str(place.folder / "runs")]
    data = place.folder / "myla"
    data.mkdir()
    with (
        Server(serve, environment, "stderr") as own,
        Server([str(place.peers / "myla/bin/python"), place.peer("serve_myla.py"), str(data)], environment) as myla,
    ):
        base, other = f"{own}/v1", f"{myla}/api/v1"
        for how in ("waited", "streamed"):
            for clients in (1, 64):
                rate = statistics.median(drive(place, base, how, clients, 5) for _ in range(3))
                yield Row(f"runs a second, {how}, {clients} at once", f"{rate:.0f}", "", None)
        short, long = (drive(place, base, "thread", messages, 200) for messages in (10, 10_000))
        key = logged_in(other)
        for clients in (1, 64):
            pairs = []
            for _ in range(3):
                mine = drive(place, base, "apart", clients, 5)
                pairs.append((mine, mine / drive(place, other, "apart", clients, 5, key=key)))
            rate, beside = map(statistics.median, zip(*pairs))
            yield Row(f"runs on threads made before ({rate:.0f}/s), {clients} at once / myla", f"{beside:.3g}", "", None)
    yield at_most(f"a run in a thread of 10,000 messages ({long:.2g} ms) / of 10", long / short, 2)


def logged_in(base):
    """Logs in as myla's first user and returns the API key."""
    body = json.dumps({"username": "admin", "password": "admin"}).encode()
    request = urllib.request.Request(f"{base}/users/admin/login", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["secret_key"]["id"]


def drive(place, base, *arguments, key=None):
    command = [place.backend, "runs", base, *map(str, arguments)]
    environment = place.environment() | ({"OPENAI_API_KEY": key} if key else {})
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


ALL = {
    "starts": starts,
    "list": lists,
    "deletes": deletes,
    "limits": limits,
    "files": files,
    "server": server,
    "runs": runs,
    "streams": streams,
    "bulk": bulk,
    "processes": processes,
    "table": table,
    "scan": scan,
    "record": record,
    "export": export,
}
