#!/usr/bin/env python3
"""Known-item search of the embedded server with real embeddings, over HTTP.

Usage: benches/embeddings.py ASST TEXT [MODEL]

TEXT is a text edition of the Debian Reference, such as debian-reference.en.txt.gz. Documents and queries are those of
`cargo bench --bench retrieval`: each numbered section of more than 200 characters is a file without its heading, and
the heading is the query. MODEL is the folder of a model for the Python package sentence-transformers; without it, the
search uses words only. An endpoint for embeddings runs in this process.
"""

import gzip
import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse


def sections(text):
    """Returns the heading and the text of each section, as benches/retrieval/sections.rs does."""
    found, in_heading, begun = [], False, False
    for line in text.split("\n"):
        begun = begun or re.sub(r"\s", "", line).startswith(("Chapter1.", "第1章"))
        number, *heading = re.split(r"\s", line, maxsplit=1)
        if not begun:
            continue
        if re.fullmatch(r"\d+(\.\d+)+", number.rstrip(".")) and heading and heading[0].strip():
            found.append([heading[0].strip(), ""])
            in_heading = True
        elif found:
            in_heading = in_heading and bool(line.strip())
            found[-1][0 if in_heading else 1] += " " + line.strip() if in_heading else line + "\n"
    return [section for section in found if len(section[1].strip()) > 200]


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version, model = "HTTP/1.1", None

    def do_POST(self):
        texts = json.loads(self.rfile.read(int(self.headers["content-length"])))["input"]
        vectors = self.model.encode(texts, normalize_embeddings=True).tolist()
        data = [{"index": n, "embedding": vector} for n, vector in enumerate(vectors)]
        body = json.dumps({"object": "list", "data": data}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def figures(ask, store, files, queries, weights=None):
    reciprocal, first = 0, 0
    options = {"ranking_options": {"hybrid_search": weights}} if weights else {}
    for file, query in zip(files, queries):
        hits = ask("POST", f"/vector_stores/{store}/search", {"query": query, "max_num_results": 20, **options})["data"]
        ranking = list(dict.fromkeys(hit["file_id"] for hit in hits))[:10]
        if file in ranking:
            reciprocal += 1 / (ranking.index(file) + 1)
            first += ranking[0] == file
    return f"MRR@10 {reciprocal / len(files):.3f}, first {first / len(files):.3f}"


def measure(url, found, has_embeddings):
    """Adds the sections to a new vector store of the server, searches for each heading, and prints the results."""

    def ask(method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection(url.hostname, url.port)
        body = json.dumps(body) if isinstance(body, dict) else body
        connection.request(method, "/v1" + path, body, {"content-type": kind} if body else {})
        response = connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == 200, answer
        return answer

    def upload(number, text):
        parts = {"purpose": "assistants", 'file"; filename="' + f"{number}.txt": text}
        head = '--x\r\ncontent-disposition: form-data; name="'
        body = "".join(f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in parts.items())
        return ask("POST", "/files", (body + "--x--\r\n").encode(), "multipart/form-data; boundary=x")["id"]

    files = [upload(number, text) for number, (_, text) in enumerate(found)]
    store = ask("POST", "/vector_stores", {"file_ids": files})["id"]
    while (state := ask("GET", f"/vector_stores/{store}"))["status"] != "completed":
        time.sleep(0.2)
    queries = [heading for heading, _ in found]
    print(f"{len(found)} sections, {state['file_counts']}")
    print("words and embeddings:" if has_embeddings else "words:", figures(ask, store, files, queries))
    for embeddings, words in [(0, 1), (1, 4), (1, 2), (2, 1), (1, 0)] if has_embeddings else []:
        weights = {"embedding_weight": embeddings, "text_weight": words}
        result = figures(ask, store, files, queries, weights)
        print(f"weight of embeddings {embeddings}, of words {words}:", result)


def main():
    program, path, model = sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None
    found = sections((gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8").read())
    with tempfile.TemporaryDirectory() as folder:
        arguments = [program, "serve", "--listen", "127.0.0.1:0", "--store", str(pathlib.Path(folder) / "store")]
        if model:
            from sentence_transformers import SentenceTransformer

            Endpoint.model = SentenceTransformer(model)
            endpoint = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
            threading.Thread(target=endpoint.serve_forever, daemon=True).start()
            arguments += ["--embed", f"openai:http://127.0.0.1:{endpoint.server_port}/v1"]
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder}
        server = subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            url = urllib.parse.urlparse(server.stderr.readline().split()[-1])
            threading.Thread(target=lambda: sys.stderr.writelines(server.stderr), daemon=True).start()
            measure(url, found, model is not None)
        finally:
            # Without this, a failed request would leave the server running.
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
