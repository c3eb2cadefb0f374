"""Whole processes in turn (A B C A B C …): how long each took and how much memory it had."""

import os
import re
import statistics
import subprocess
import time


class Racer:
    """A command that is timed against others; `prepare` runs before each start and is not timed."""

    def __init__(self, name, command, environment, prepare=None, ended_well=(0,)):
        self.name, self.command, self.environment = name, command, environment
        self.prepare, self.ended_well = prepare, ended_well
        self.seconds, self.kibibytes = [], []

    def run(self, keep):
        if self.prepare:
            self.prepare()
        silence = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
        start = time.perf_counter()
        pid = os.posix_spawn(self.command[0], self.command, self.environment, file_actions=silence)
        _, status, usage = os.wait4(pid, 0)
        took = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) not in self.ended_well:
            talk = subprocess.run(self.command, env=self.environment, capture_output=True, text=True)
            raise SystemExit(f"{self.name} failed: {talk.stdout[-500:]}{talk.stderr[-2000:]}")
        if keep:
            self.seconds.append(took)
            # Never less than this script's own, which the child held until it became what it is.
            self.kibibytes.append(usage.ru_maxrss)

    def milliseconds(self):
        return statistics.median(self.seconds) * 1e3

    def mebibytes(self):
        return max(self.kibibytes) / 1024


def race(racers, rounds, warm=2):
    """Runs the racers in turn; the first rounds warm the caches."""
    for number in range(warm + rounds):
        for racer in racers:
            racer.run(number >= warm)
    return racers


def ratio(one, other):
    """Returns the median of the ratios of each round."""
    return statistics.median(a / b for a, b in zip(one.seconds, other.seconds))


class Server:
    """A process that serves until the block ends; the first line that it writes says where."""

    def __init__(self, command, environment, stream="stdout"):
        self.command, self.environment, self.stream = command, environment, stream

    def __enter__(self):
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, self.stream: subprocess.PIPE}
        self.process = subprocess.Popen(self.command, env=self.environment, text=True, **pipes)
        line = getattr(self.process, self.stream).readline().strip()
        if not line.startswith("listening on "):
            raise SystemExit(f"{self.command[0]} does not serve: {line}")
        return line.removeprefix("listening on ").removesuffix("/v1")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def wrk(url, seconds, script=None):
    """Returns requests a second and the 99th percentile in milliseconds, with 64 connections."""
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", "-H", "OpenAI-Beta: assistants=v2"]
    command += ["-s", script] if script else []
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url} did not answer as it should:\n{said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]
