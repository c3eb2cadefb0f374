"""Serves myla, whose mock model repeats the last message as `echo` does, with its database in the given folder."""

import os
import socket
import sys

os.environ |= {"DATABASE_URL": f"sqlite:///{sys.argv[1]}/myla.db", "DATA_DIR": sys.argv[1]}

import uvicorn

# A client that connects before the server is ready waits in the backlog.
listener = socket.create_server(("127.0.0.1", 0), backlog=512)
print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
uvicorn.Server(uvicorn.Config("myla:entry", log_level="warning", access_log=False)).run(sockets=[listener])
