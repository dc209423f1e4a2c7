"""A folder's JavaScript modules as one script, so that a page asks for one file and not for thirty.

On Lambda, requests at the same time need an instance each, and a new account may have ten. Each
module becomes a function that is called once and gives its exports; it runs after those that it
imports. Knows the plain forms only: imports of names from the same folder, and exports of
functions, classes and constants where they are defined.
"""

from __future__ import annotations

import re
from pathlib import Path

IMPORT = re.compile(r'^import \{([^{}]*)\} from "\./(\w+)\.js";$', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\*?|class|const) (?P<name>[\w$]+))", re.MULTILINE
)


def one_script(folder: Path, entry: str) -> str:
    """The script that does what the module `entry` of the folder does, with all that it imports.

    Raises ValueError if modules import each other.
    """
    order: dict[str, str] = {}  # name → its part; first what others import
    being_read: list[str] = []

    def add(name: str) -> None:
        if name in being_read:
            raise ValueError(f"Modules import each other: {' → '.join([*being_read, name])}.")
        if name in order:
            return
        being_read.append(name)
        source = (folder / f"{name}.js").read_text("utf-8")
        for found in IMPORT.finditer(source):
            add(found[2])
        being_read.pop()
        order[name] = _called_once(name, source)

    add(entry)
    return "".join(order.values())


def _called_once(name: str, source: str) -> str:
    exports = ", ".join(found["name"] for found in EXPORT.finditer(source))
    body = EXPORT.sub("", IMPORT.sub(_constants, source))
    return (
        f"// {name}.js\nconst {name}Module = (() => {{\n{body}return {{ {exports} }};\n}})();\n\n"
    )


def _constants(found: re.Match[str]) -> str:
    """An import as constants: `import {a, b as c} from …` as `const {a, b: c} = …`."""
    names = re.sub(r"\s+as\s+", ": ", found[1])
    return f"const {{{names}}} = {found[2]}Module;"
