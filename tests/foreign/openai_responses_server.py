"""Puts the stateful mock `openai-responses`, which lives inside a test's own process, behind a socket.

Usage: openai_responses_server.py [PORT]; it says on standard output where it listens. Nothing of the answers is changed:
what the mock has no route for is 404 in plain text, and what it breaks down over is 500, as behind any server.
"""

import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

import httpx
import respx.models
from openai_responses import OpenAIMock

ORIGIN = "http://mock"
MOCK = OpenAIMock(base_url=ORIGIN + "/v1")
ONE_AT_A_TIME = Lock()


def ask(method, path, headers, body):
    request = httpx.Request(method, ORIGIN + path, headers=headers, content=body)
    try:
        with ONE_AT_A_TIME:
            answer = MOCK.router.handler(request)
        return answer.status_code, answer.headers.get("content-type"), answer.read()
    except respx.models.AllMockedAssertionError:
        return 404, "text/plain", b"no such route"
    except Exception:
        traceback.print_exc()
        return 500, "text/plain", b"Internal Server Error"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, kind, content = ask(self.command, self.path, dict(self.headers), body)
        self.send_response(status)
        if kind:
            self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = serve

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
print(f"listening on http://127.0.0.1:{server.server_port}/v1", flush=True)
server.serve_forever()
