"""Starts `ogx` with files and nothing else, in the current folder.

Usage: ogx_server.py; it says on standard output where it listens, once it does.
"""

import json
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path.cwd()
STORE = HERE / "ogx"


def config(port):
    sql = {"backend": "sql_default", "table_name": "files"}
    provider = {"storage_dir": str(STORE / "files"), "metadata_store": sql}
    return {
        "version": 2,
        "distro_name": "files",
        "apis": ["files"],
        "providers": {
            "files": [{"provider_id": "local", "provider_type": "inline::localfs", "config": provider}]
        },
        "storage": {
            "backends": {
                "kv_default": {"type": "kv_sqlite", "db_path": str(STORE / "kv.db")},
                "sql_default": {"type": "sql_sqlite", "db_path": str(STORE / "sql.db")},
            }
        },
        "server": {"host": "127.0.0.1", "port": port},
    }


def answers(url):
    try:
        return urllib.request.urlopen(url + "/files", timeout=5).status == 200
    except OSError:
        return False


def start():
    """Starts it on a port that was free a moment ago; None if somebody else took that meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = STORE / "config.yaml"
    path.write_text(json.dumps(config(port)))
    program = pathlib.Path(sys.executable).parent / "ogx"
    server = subprocess.Popen([program, "run", path, "--insecure"], stdout=sys.stderr)
    url = f"http://127.0.0.1:{port}/v1"
    while server.poll() is None:
        if answers(url) and server.poll() is None:
            return server, url
        time.sleep(0.1)
    return None


def main():
    STORE.mkdir()
    started = start() or start() or sys.exit("it does not start")
    server, url = started
    print(f"listening on {url}", flush=True)
    server.wait()


main()
