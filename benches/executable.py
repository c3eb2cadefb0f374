"""Prints the path of a bench that cargo built: cargo bench --message-format json | executable.py NAME"""

import json
import sys


def executable(lines, name):
    """Returns the executable of the bench NAME. Ignores other targets, such as the program of the package."""
    for line in lines:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        target = message.get("target") or {}
        if target.get("name") == name and "bench" in target.get("kind", []) and message.get("executable"):
            return message["executable"]
    return None


if __name__ == "__main__":
    found = executable(sys.stdin, sys.argv[1])
    if not found:
        sys.exit(f"cargo reported no executable of the bench {sys.argv[1]}")
    print(found)
