#!/usr/bin/env python3
"""Turns db/migrations and db/queries into one C++ source: what the server runs is what these folders hold.

Query files hold blocks that begin with `-- name: X` (a statement) or `-- fragment: X` (text that others include
as {{X}}). Further header lines of a statement: `-- index:` (the index it relies on; a test compares it with
EXPLAIN), `-- plan: custom` (planned anew with its values each time), and
`-- each: Newest < DESC | Oldest > ASC`, which makes one statement for each alternative, its first word
appended to the name, {1}, {2} ... replaced by its further words.

usage: embed.py MIGRATIONS_DIR QUERIES_DIR OUT_H OUT_CC
"""
import hashlib
import pathlib
import re
import sys


def literal(text):
    """A C++ string literal; pieces stay below the length compilers guarantee."""
    pieces = [text[i:i + 8000] for i in range(0, len(text), 8000)]
    return " ".join('R"sql(' + piece + ')sql"' for piece in pieces) or '""'


def blocks(path):
    """Yields (kind, name, headers, body) of each block of a query file."""
    current = None
    for line in path.read_text(encoding="utf-8").splitlines():
        start = re.match(r"-- (name|fragment): (\w+)$", line)
        header = re.match(r"-- (index|plan|each): (.+)$", line)
        if start:
            if current:
                yield current
            current = (start[1], start[2], {}, [])
        elif header and current:
            current[2][header[1]] = header[2].strip()
        elif current and not line.startswith("--"):
            current[3].append(line.split(" -- ")[0].rstrip())
    if current:
        yield current


def expand(text, fragments):
    """Replaces {{X}} by fragment X until none is left."""
    while True:
        match = re.search(r"\{\{(\w+)\}\}", text)
        if not match:
            return text
        text = text[:match.start()] + fragments[match[1]] + text[match.end():]


def statements(queries_dir):
    """All statements as (name, text, index, custom), fragments and alternatives resolved."""
    parsed = [block for path in sorted(queries_dir.glob("*.sql")) for block in blocks(path)]
    fragments = {}
    for kind, name, _, body in parsed:
        if kind == "fragment" and fragments.setdefault(name, "\n".join(body)) != "\n".join(body):
            sys.exit(f"two fragments are called {name}")
    result = []
    for kind, name, headers, body in parsed:
        if kind == "fragment":
            continue
        text = expand("\n".join(body).strip(), fragments)
        for alternative in headers.get("each", "").split("|"):
            words = alternative.split()
            filled = text
            index = headers.get("index", "")
            for _ in range(2):  # an alternative's word may be a fragment, which may hold further words
                for number, word in enumerate(words[1:], 1):
                    filled = filled.replace("{%d}" % number, word)
                    index = index.replace("{%d}" % number, word)
                filled = expand(filled, fragments)
            result.append((name + (words[0] if words else ""), filled.rstrip(";"), index,
                           headers.get("plan") == "custom"))
    names = [name for name, *_ in result]
    assert len(set(names)) == len(names), "statement names must be unique"
    return result


def write(path, text):
    """Leaves a file alone that holds the text already, so that nothing is built anew."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main():
    migrations_dir, queries_dir, out_h, out_cc = map(pathlib.Path, sys.argv[1:])
    found = statements(queries_dir)
    header = ["// Made by db/embed.py from db/migrations and db/queries.", "#pragma once", "",
              '#include "services/pg/statement.h"', "", "namespace onrecord::sql {", ""]
    header += [f"extern const pg::Statement k{name};" for name, *_ in found]
    header += ["", "}  // namespace onrecord::sql", ""]
    source = [f'#include "{out_h.name}"', "", '#include "services/pg/migrate.h"', "", "namespace onrecord::sql {", ""]
    for name, text, index, custom in found:
        writes = re.search(r"\b(INSERT INTO|UPDATE \w+|DELETE FROM)\b", text) is not None
        flags = f"{str(custom).lower()}, {str(writes).lower()}"
        source.append(f'const pg::Statement k{name}{{"{name}", {literal(text)}, "{index}", {flags}}};')
    source += ["", "}  // namespace onrecord::sql", "", "namespace onrecord::pg {", "",
               "absl::Span<const Statement* const> AllStatements() {", "  static const Statement* const kAll[] = {"]
    source += [f"      &sql::k{name}," for name, *_ in found]
    source += ["  };", "  return kAll;", "}", "", "absl::Span<const Migration> AllMigrations() {",
               "  static const Migration kAll[] = {"]
    for path in sorted(migrations_dir.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        version, name = re.match(r"(\d+)_(\w+)", path.stem).groups()
        digest = hashlib.sha256(text.encode()).hexdigest()
        source.append(f'      {{{int(version)}, "{name}", "{digest}", {literal(text)}}},')
    source += ["  };", "  return kAll;", "}", "", "}  // namespace onrecord::pg", ""]
    write(out_h, "\n".join(header))
    write(out_cc, "\n".join(source))


if __name__ == "__main__":
    main()
