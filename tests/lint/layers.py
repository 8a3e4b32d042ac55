#!/usr/bin/env python3
"""Checks who includes whom, and how long files are, as docs/architecture.md draws it.

layers.py [ROOT]      checks the tree, one line for each finding; exit status 1 if there are any
layers.py --selftest  checks that every rule notices when it is broken
"""

import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX)\b")

# Third-party headers, and the only files under lib/ and apps/ that may include them.
FENCES = [
    (r"libwebsockets\.h", r"lib/src/lws/"),
    (r"hiredis/", r"lib/src/redis/"),
    (r"openssl/", r"lib/src/crypto/|lib/src/net/tls"),
    (r"uv\.h|uv/", r"lib/src/net/|lib/src/lws/"),
    (r"nlohmann/", r"lib/src/core/envelope|lib/src/lws/http_|lib/src/log\.cc|apps/"),
    (r"spdlog/", r"lib/src/log\.cc"),
    (r"zlib\.h", r"lib/src/core/compression\.|apps/wsbench/hdr_encoding\."),
    (r"fmt/", r"lib/src/|apps/"),
    (r"CLI/|toml\+\+/|editline/", r"apps/"),
]

# Whose headers each layer may include, besides its own and <wskit/...>.
BELOW = {
    "core": set(),
    "net": {"core"},
    "crypto": {"core"},
    "lws": {"core", "net", "crypto"},
    "redis": {"core", "net", "crypto"},
}

LIMITS = {"main.cc": 60, ".h": 160, ".cc": 400}


def is_standard(header):
    """The C++ library's headers have no folder and no ending."""
    return re.fullmatch(r"[a-z_]+[0-9]*", header) is not None


def layer_of(path):
    """core, net, ..., or "" for the composition right in lib/src."""
    inside = path.split("/")[2:]
    return inside[0] if len(inside) > 1 else ""


def public_problem(header, is_angled):
    if is_angled and (is_standard(header) or header.startswith("wskit/")):
        return None
    return "public headers and examples include only the standard library and <wskit/...>"


def library_problem(path, header, is_angled, root):
    if is_angled:
        return None
    layer = layer_of(path)
    target = header.split("/")[0] if "/" in header else ""
    if not (root / "lib/src" / header).is_file():
        return "there is no such header below lib/src"
    if layer == "" or target == layer or target in BELOW.get(layer, set()):
        return None
    return f"{layer} must not include {target or 'the composition'}"


def app_problem(path, header, is_angled, root):
    if is_angled:
        return None
    app = path.split("/")[1]
    own = [root / "apps" / app / header, root / "apps" / header]
    found = [file for file in own if file.is_file()]
    parts = found[0].relative_to(root / "apps").parts if found else ("",)
    if parts[0] in (app, "common"):
        return None
    return "programs include only <wskit/...>, their own folder and common/"


def include_problem(path, header, is_angled, root):
    if path.startswith("tests/"):
        return None
    if ".." in header.split("/"):
        return "paths begin at a source folder"
    if is_angled:
        for pattern, place in FENCES:
            if re.match(pattern, header) and not re.match(place, path):
                return "only for " + place.replace("\\", "").replace("|", " ")
    elif header.startswith("wskit/"):
        return "public headers are included with <>"
    if path.startswith(("lib/include/", "lib/examples/")):
        return public_problem(header, is_angled)
    if path.startswith("lib/src/"):
        return library_problem(path, header, is_angled, root)
    if path.startswith("apps/"):
        return app_problem(path, header, is_angled, root)
    return None


def size_limit(name):
    return LIMITS.get(name) or LIMITS[pathlib.PurePath(name).suffix]


def check_file(path, root):
    """Yields "path:line: problem"."""
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if LEFT_OVER.search(line):
            yield f"{path}:{number}: something is left to do"
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1) or match.group(2)
        problem = include_problem(path, header, match.group(1) is not None, root)
        if problem:
            yield f"{path}:{number}: {header}: {problem}"
    name = pathlib.PurePath(path).name
    if len(lines) > size_limit(name):
        yield f"{path}:1: {len(lines)} lines, {size_limit(name)} are allowed"
    if name.endswith(".h") and "#pragma once" not in lines:
        yield f"{path}:1: no #pragma once"


def check_tree(root):
    findings, file_count = [], 0
    for folder in ("lib", "apps", "tests"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".h", ".cc"):
                file_count += 1
                findings += check_file(file.relative_to(root).as_posix(), root)
    if file_count == 0:
        findings.append(f"{root}: no source file found")
    return findings


# A tree that keeps every rule ...
SOUND = {
    "lib/include/wskit/a.h": "#pragma once\n#include <string>\n#include <wskit/b.h>\n",
    "lib/examples/e.cc": "#include <vector>\n#include <wskit/a.h>\n",
    "lib/src/core/c.h": "#pragma once\n#include <wskit/a.h>\n",
    "lib/src/core/envelope.cc": '#include <nlohmann/json.hpp>\n#include "core/c.h"\n',
    "lib/src/crypto/r.h": '#pragma once\n#include "core/c.h"\n',
    "lib/src/crypto/r.cc": "#include <openssl/evp.h>\n",
    "lib/src/net/n.h": '#pragma once\n#include "core/c.h"\n',
    "lib/src/net/n.cc": '#include <sys/socket.h>\n#include <uv.h>\n#include "net/n.h"\n',
    "lib/src/net/tls.cc": "#include <openssl/ssl.h>\n",
    "lib/src/lws/l.cc": '#include <libwebsockets.h>\n#include <uv.h>\n#include "net/n.h"\n',
    "lib/src/redis/d.h": '#pragma once\n#include "net/n.h"\n',
    "lib/src/redis/d.cc": '#include <hiredis/hiredis.h>\n#include "crypto/r.h"\n',
    "lib/src/server.h": '#pragma once\n#include "redis/d.h"\n',
    "lib/src/log.cc": '#include <spdlog/spdlog.h>\n#include "server.h"\n',
    "apps/common/t.h": "#pragma once\n",
    "apps/wsd/o.h": '#pragma once\n#include <wskit/a.h>\n#include "common/t.h"\n',
    "apps/wsd/main.cc": '#include "wsd/o.h"\n#include "o.h"\n#include <nlohmann/json.hpp>\n',
    "apps/wsc/w.h": "#pragma once\n",
    "tests/unit/t.cc": '#include "core/c.h"\n',
}

# ... and one file each that breaks one.
BROKEN = [
    ("lib/src/served.cc", "#include <libwebsockets.h>\n"),
    ("lib/src/lws/x.cc", "#include <hiredis/read.h>\n"),
    ("lib/src/net/stream.cc", "#include <openssl/ssl.h>\n"),
    ("lib/src/redis/x.cc", "#include <uv.h>\n"),
    ("lib/src/core/url.cc", "#include <nlohmann/json.hpp>\n"),
    ("lib/src/core/x.cc", "#include <spdlog/spdlog.h>\n"),
    ("lib/src/core/x.cc", "#include <CLI/CLI.hpp>\n"),
    ("lib/include/wskit/x.h", "#pragma once\n#include <fmt/format.h>\n"),
    ("lib/include/wskit/x.h", "#pragma once\n#include <sys/socket.h>\n"),
    ("lib/include/wskit/x.h", '#pragma once\n#include "core/c.h"\n'),
    ("lib/include/wskit/x.h", '#pragma once\n#include "wskit/a.h"\n'),
    ("lib/examples/x.cc", '#include "core/c.h"\n'),
    ("lib/src/core/x.cc", '#include "net/n.h"\n'),
    ("lib/src/core/x.cc", '#include "server.h"\n'),
    ("lib/src/crypto/x.cc", '#include "net/n.h"\n'),
    ("lib/src/net/x.cc", '#include "crypto/r.h"\n'),
    ("lib/src/net/x.cc", '  #  include "redis/d.h"\n'),
    ("lib/src/lws/x.cc", '#include "redis/d.h"\n'),
    ("lib/src/lws/x.cc", '#include "gone.h"\n'),
    ("apps/wsd/x.cc", '#include "core/c.h"\n'),
    ("apps/wsd/x.cc", '#include "../../lib/src/core/c.h"\n'),
    ("apps/wsd/x.cc", '#include "wsc/w.h"\n'),
    ("apps/wsd/x.cc", "#include <libwebsockets.h>\n"),
    ("apps/wsbench/x.cc", "#include <hiredis/async.h>\n"),
    ("apps/wsbench/x.cc", "#include <zlib.h>\n"),
    ("apps/wsc/main.cc", "\n" * 61),
    ("apps/wsc/x.h", "#pragma once\n" + "\n" * 160),
    ("tests/unit/x.cc", "\n" * 401),
    ("lib/src/core/x.h", "\n"),
    ("lib/src/core/x.cc", "// TODO: later\n"),
    ("tests/unit/x.cc", "// FIXME\n"),
]


def write_tree(root, files):
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def findings_with(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        write_tree(root, SOUND)
        write_tree(root, files)
        return check_tree(root)


def self_test():
    failures = [f"sound tree: {finding}" for finding in findings_with({})]
    for name, text in BROKEN:
        findings = findings_with({name: text})
        if len(findings) != 1 or not findings[0].startswith(name + ":"):
            failures.append(f"{name} with {text[:60]!r}: found {findings}")
    with tempfile.TemporaryDirectory() as folder:
        if not check_tree(pathlib.Path(folder)):
            failures.append("an empty tree passes")
    print(f"{len(BROKEN)} broken rules tried")
    return failures


def main(arguments):
    if arguments == ["--selftest"]:
        findings = self_test()
    else:
        root = arguments[0] if arguments else pathlib.Path(__file__).parents[2]
        findings = check_tree(pathlib.Path(root))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
