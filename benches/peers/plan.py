# What `asst plan` does, with the Python SDK: lists the assistants, and compares them with a file by a key in the metadata.
import json
import sys

from openai import OpenAI

wanted = json.load(open(sys.argv[1]))["assistants"]
present = {}
for assistant in OpenAI().beta.assistants.list(limit=100):
    present[assistant.metadata.get("asst_key")] = assistant
changed = 0
for name, members in wanted.items():
    live = present.get(f"bench/default/{name}")
    same = live is not None and live.model == members["model"] and live.instructions == members["instructions"]
    same = same and all(live.metadata.get(key) == value for key, value in members["metadata"].items())
    changed += not same
print(f"{changed} of {len(wanted)} differ")
sys.exit(changed > 0)
