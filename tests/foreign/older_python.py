"""Lets installed packages that are written for Python 3.12 start on 3.11, by spelling their generics the older way.

Usage: older_python.py FOLDER...

Only the notation of type parameters changes (PEP 695): `def f[T](…)`, `class C[T]:`, `type A = …`. It means nothing when
the program runs, so what the packages do stays theirs.
"""

import pathlib
import re
import sys

FUNCTION = re.compile(r"^( *(?:async )?def \w+)\[(\w+)(?:: [^\]]+)?\](?=\()", re.M)
CLASS = re.compile(r"^( *class \w+)\[(\w+)(?:: [^\]]+)?\]:", re.M)
ALIAS = re.compile(r"^( *)type (\w+) = (.+)$", re.M)


def older(text):
    names = {found[1] for found in FUNCTION.findall(text) + CLASS.findall(text)}
    text = FUNCTION.sub(r"\1", text)
    text = CLASS.sub(r"\1(_Generic[\2]):", text)
    text = ALIAS.sub(r"\1\2 = '\3'", text)
    if not names:
        return text
    lines = ["from typing import Generic as _Generic, TypeVar as _TypeVar"]
    lines += [f"{name} = _TypeVar('{name}')" for name in sorted(names)]
    future = list(re.finditer(r"^from __future__ import .+\n", text, re.M))
    at = future[-1].end() if future else 0
    return text[:at] + "; ".join(lines) + "\n" + text[at:]


def main():
    for folder in sys.argv[1:]:
        for path in sorted(pathlib.Path(folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if (new := older(text)) != text:
                path.write_text(new, encoding="utf-8")
                print(f"{path.name}: type parameters spelled the older way", file=sys.stderr)


main()
