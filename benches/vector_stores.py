#!/usr/bin/env python3
"""Measures vector stores of the embedded server: indexing, memory, and searches beside a bare FTS5 phrase query.

Usage: benches/vector_stores.py ASST [MEGABYTES]

ASST is the release binary. The text is generated: sentences of words with the frequencies of a natural text
(Zipf), in files of 16 MB. With 320 megabytes, the default, there are about 100,000 passages. The peer is an FTS5 table
without contents over the same passages, in the `sqlite3` module of Python. Each query is three to five words that follow
each other in the text.
"""

import bisect
import http.client
import itertools
import json
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

FILE = 16_000_000
QUERIES = 300


def generator(seed):
    """Yields random paragraphs. The same seed yields the same paragraphs."""
    chance = random.Random(seed)
    syllables = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "we", "xi"]
    words = list({"".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(60_000)})
    chance.shuffle(words)
    total = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
    while True:
        sentences = []
        for _ in range(chance.randint(2, 6)):
            chosen = [words[bisect.bisect(total, chance.random() * total[-1])] for _ in range(chance.randint(6, 20))]
            sentences.append(" ".join(chosen).capitalize() + ".")
        yield " ".join(sentences) + "\n\n"


class Server:
    def __init__(self, program, folder):
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}
        arguments = [program, "serve", "--listen", "127.0.0.1:0", "--store", str(folder / "store")]
        self.process = subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True)
        url = urllib.parse.urlparse(self.process.stderr.readline().split()[-1])
        self.connection = http.client.HTTPConnection(url.hostname, url.port)

    def send(self, method, path, body=None, kind="application/json"):
        body = json.dumps(body) if isinstance(body, dict) else body
        self.connection.request(method, "/v1" + path, body, {"content-type": kind} if body else {})
        response = self.connection.getresponse()
        parsed = json.loads(response.read())
        assert response.status == 200, parsed
        return parsed

    def upload(self, name, content):
        head = (
            '--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nassistants\r\n--b\r\n'
            f'content-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        )
        body = head.encode() + content + b"\r\n--b--\r\n"
        return self.send("POST", "/files", body, "multipart/form-data; boundary=b")["id"]

    def memory(self):
        """Returns the peak memory in MiB, and the processor time in seconds."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        peak = next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return peak, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantiles(times):
    times = sorted(times)
    return statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000


def main():
    program, megabytes = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 320
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        server = Server(program, folder)
        paragraphs, files, size, queries = generator(1), [], 0, []
        while size < megabytes * 1e6:
            taken, length = [], 0
            while length < FILE and size + length < megabytes * 1e6:
                taken.append(next(paragraphs))
                length += len(taken[-1])
            for _ in range(QUERIES * FILE // int(megabytes * 1e6) + 2):
                words = chance.choice(taken).replace(".", "").lower().split()
                at = chance.randrange(max(1, len(words) - 6))
                queries.append(" ".join(words[at : at + chance.randint(3, 5)]))
            files.append(server.upload(f"{len(files)}.txt", "".join(taken).encode()))
            size += length
        chance.shuffle(queries)
        queries = queries[:QUERIES]
        (idle, before), began = server.memory(), time.time()
        store = server.send("POST", "/vector_stores", {"file_ids": files})["id"]
        while server.send("GET", f"/vector_stores/{store}")["status"] != "completed":
            time.sleep(0.2)
        took = time.time() - began
        peak, after = server.memory()
        count = sqlite3.connect(folder / "store/store.db").execute("select count(*) from passage").fetchone()[0]
        print(f"{size / 1e6:.0f} MB in {len(files)} files, {count} passages")
        print(f"indexing: {size / 1e6 / took:.1f} MB/s, {size / 1e6 / (after - before):.1f} MB per second of processor time")
        print(f"peak memory of the server: {peak:.0f} MiB, before indexing {idle:.0f} MiB")

        texts = sqlite3.connect(folder / "store/store.db")
        sizes = dict(texts.execute("select name, sum(pgsize) from dbstat group by name"))
        index = sum(size for name, size in sizes.items() if name.startswith("passage_index"))
        passages = sizes["passage"]
        print(f"index {index / 1e6:.0f} MB, texts of passages {passages / 1e6:.0f} MB: {index / passages:.2f} times the passages, "
              f"{index / size:.2f} times the files")
        peer = sqlite3.connect(folder / "peer.db")
        peer.execute("pragma journal_mode=wal")
        peer.execute("create virtual table peer using fts5(text, content='')")
        began = time.time()
        for n, text in texts.execute("select n, text from passage"):
            peer.execute("insert into peer (rowid, text) values (?, ?)", (n, text))
        peer.commit()
        print(f"bare FTS5 over the same passages: {size / 1e6 / (time.time() - began):.1f} MB/s")
        bare, ours, bare_spent, found = [], [], 0, 0
        server.connection.close()  # The server has closed it in the meantime. The next request opens a new connection.
        before = server.memory()[1]
        for query in queries:
            began, start = time.perf_counter(), time.process_time()
            peer.execute("select rowid from peer where peer match ? order by rank limit 10", (f'"{query}"',)).fetchall()
            bare.append(time.perf_counter() - began)
            bare_spent += time.process_time() - start
            began = time.perf_counter()
            hits = server.send("POST", f"/vector_stores/{store}/search", {"query": query})["data"]
            ours.append(time.perf_counter() - began)
            found += any(query in hit["content"][0]["text"].lower() for hit in hits)
        (bare_half, bare_most), (half, most) = quantiles(bare), quantiles(ours)
        print(f"search: p50 {half:.1f} ms, p99 {most:.1f} ms; phrase found for {found} of {len(queries)} queries")
        print(f"bare FTS5 phrase, ranked: p50 {bare_half:.1f} ms, p99 {bare_most:.1f} ms; ratio of p50 {half / bare_half:.2f}")
        spent = (server.memory()[1] - before) * 1000 / len(queries)
        bare_spent *= 1000 / len(queries)
        print(f"processor time per search: {spent:.1f} ms, peer {bare_spent:.1f} ms; ratio {spent / bare_spent:.2f}")
        server.process.terminate()
        server.process.wait()


if __name__ == "__main__":
    main()
