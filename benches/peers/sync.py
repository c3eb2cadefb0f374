# What an unchanged `asst vector-stores sync` does, with the Python SDK: lists the files of a vector store, and compares
# the digests in their attributes with the files of a folder.
import hashlib
import pathlib
import sys

from openai import OpenAI

folder, store = pathlib.Path(sys.argv[1]), sys.argv[2]
present = {}
for file in OpenAI().vector_stores.files.list(store, limit=100):
    present[file.attributes["asst_path"]] = file.attributes["asst_sha256"]
changed = 0
for path in folder.iterdir():
    changed += present.pop(path.name, None) != hashlib.sha256(path.read_bytes()).hexdigest()
print(f"{changed} changed, {len(present)} superfluous")
sys.exit(changed + len(present) > 0)
