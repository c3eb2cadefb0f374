"""Runs processes in turn (A B C A B C …) and measures their time. Also measures the memory of one process."""

import os
import re
import statistics
import subprocess
import time
from typing import NamedTuple


class Row(NamedTuple):
    what: str
    measured: str
    limit: str
    holds: bool | None  # None if there is no limit


def at_most(what, measured, limit, unit=""):
    return Row(what, f"{measured:.3g}{unit}", f"≤ {limit:g}{unit}", measured <= limit)


def at_least(what, measured, limit, unit=""):
    return Row(what, f"{measured:.3g}{unit}", f"≥ {limit:g}{unit}", measured >= limit)


class Racer:
    """A command whose time is compared with that of others. `prepare` runs before each start and is not timed."""

    def __init__(self, name, command, environment, prepare=None):
        self.name, self.command, self.environment, self.prepare = name, command, environment, prepare
        self.seconds = []

    def run(self, keep):
        start, pid = self.start()
        _, status = os.waitpid(pid, 0)
        took = time.perf_counter() - start
        self.judge(status)
        if keep:
            self.seconds.append(took)

    def start(self):
        if self.prepare:
            self.prepare()
        silence = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
        start = time.perf_counter()
        return start, os.posix_spawn(self.command[0], self.command, self.environment, file_actions=silence)

    def judge(self, status):
        if status != 0:
            failed = subprocess.run(self.command, env=self.environment, capture_output=True, text=True)
            raise SystemExit(f"{self.name} failed: {failed.stdout[-500:]}{failed.stderr[-2000:]}")

    def milliseconds(self):
        return statistics.median(self.seconds) * 1e3

    def mebibytes(self):
        """Runs the command again and returns its peak memory in MiB. Reads /proc, because `wait4` never reports less than
        the memory of this script."""
        _, pid = self.start()
        most, ended = 0, (0, 0)
        while ended[0] == 0:
            with open(f"/proc/{pid}/status") as facts:
                found = re.search(r"VmHWM:\s+(\d+)", facts.read())
            most = max(most, int(found[1])) if found else most
            time.sleep(0.001)
            ended = os.waitpid(pid, os.WNOHANG)
        self.judge(ended[1])
        return most / 1024


def race(racers, rounds, warm=2):
    """Runs the racers in turn. The first `warm` rounds warm the caches and are not counted."""
    for number in range(warm + rounds):
        for racer in racers:
            racer.run(number >= warm)
    return racers


def ratio(one, other):
    """Returns the median of the ratios of each round."""
    return statistics.median(a / b for a, b in zip(one.seconds, other.seconds))


class Server:
    """A server process that is killed at the end of the `with` block. Its first line of output has its address."""

    def __init__(self, command, environment, stream="stdout"):
        self.command, self.environment, self.stream = command, environment, stream

    def __enter__(self):
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, self.stream: subprocess.PIPE}
        self.process = subprocess.Popen(self.command, env=self.environment, text=True, **pipes)
        line = getattr(self.process, self.stream).readline().strip()
        if not line.startswith("listening on "):
            raise SystemExit(f"{self.command[0]} printed no address: {line}")
        return line.removeprefix("listening on ").removesuffix("/v1")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def wrk(url, seconds, script=None):
    """Returns requests a second and the 99th percentile in milliseconds, with 64 connections."""
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", "--timeout", "30s", "-H", "OpenAI-Beta: assistants=v2"]
    command += ["-s", script] if script else []
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url} returned errors:\n{said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
