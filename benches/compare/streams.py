"""Streams: the delay between an event of the server and the output of asst, and the events per second."""

import os
import statistics
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from measure import Racer, Row, Server, at_least, at_most

RUN = '{"id":"run_1","object":"thread.run","thread_id":"thread_1","assistant_id":"asst_1","created_at":1700000000,"status":"%s"}'
TOKENS = 400


class TimestampStream(BaseHTTPRequestHandler):
    """Streams a run whose tokens are the time at which they were sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.send("thread.run.created", RUN % "queued")
        for _ in range(TOKENS):
            time.sleep(0.005)
            delta = '{"id":"msg_1","object":"thread.message.delta","delta":{"content":[{"index":0,"type":"text","text":{"value":"%d\\n"}}]}}'
            self.send("thread.message.delta", delta % time.monotonic_ns())
        self.send("thread.run.completed", RUN % "completed")
        self.send("done", "[DONE]")
        self.close_connection = True

    def send(self, name, data):
        self.wfile.write(f"event: {name}\ndata: {data}\n\n".encode())

    def log_message(self, *_):
        pass


def delays(place):
    """Returns, for each token, the milliseconds from its sending by the server to its arrival on asst's output pipe."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), TimestampStream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = place.environment(f"http://127.0.0.1:{server.server_port}")
    command = [place.asst, "runs", "create", "thread_1", "--assistant-id", "asst_1", "--stream", "--no-ledger"]
    found = []
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as shown:
        while piece := os.read(shown.stdout.fileno(), 1 << 16):
            now = time.monotonic_ns()
            found += [(now - int(line)) / 1e6 for line in piece.split()]
    server.shutdown()
    if shown.returncode != 0 or len(found) < TOKENS:
        raise SystemExit(f"{len(found)} of {TOKENS} tokens arrived")
    return found


def streams(place):
    found = delays(place)
    yield at_most("delay from a token's sending to asst's output, median", statistics.median(found), 1, " ms")
    yield Row("the same, 99th percentile", f"{sorted(found)[len(found) * 99 // 100]:.2g} ms", "", None)
    with Server([place.backend, "stub"], place.environment()) as url:
        many = 1_000_000
        command = [place.asst, "runs", "create", "thread_1", "--assistant-id", "asst_1", "--stream", "--no-ledger"]
        own = Racer("asst", command, place.environment(f"{url}/events/{many}"))
        for _ in range(3):
            own.run(True)
        rate = many / statistics.median(own.seconds)
        script = [place.python, place.peer("stream.py")]
        said = subprocess.run(script, env=place.environment(f"{url}/events/50000"), capture_output=True, text=True, check=True)
        yield at_least(f"{rate / 1e6:.2g} million events a second, whole program / the Python SDK", rate / float(said.stdout), 80)
        yield at_most("memory of a million events", own.mebibytes(), 12, " MiB")
