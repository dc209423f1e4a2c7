"""The page's modules as one script: each once, after those that it imports."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from handler.http.module_script import EXPORT, IMPORT, one_script
from handler.http.routes.page import FOLDER

MODULES = sorted(FOLDER.glob("*.js"))

FOUR = {
    "main": """
import { twice } from "./a.js";
import {
  log,
  value as other,
} from "./b.js";
log(twice(other), typeof this);
""",
    "a": """
import { value } from "./b.js";
export function twice(x) {
  return 2 * x + value;
}
""",
    "b": """
import { log as write } from "./c.js";
export const value = 20;
export const log = write;
write("b");
""",
    "c": """
const value = `
export PATH=1
`;
export async function* none() {}
export class Log {
  static all = [];
}
export const log = console.log;
log(value.trim());
""",
}


def write(folder: Path, modules: dict[str, str]) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source)
    return folder


def run(source: str, tmp_path: Path) -> str:
    """What Node prints for a module."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("The script is not run: it needs Node.")
    path = tmp_path / "script.mjs"
    path.write_text(source)
    done = subprocess.run([node, str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_script_does_what_the_modules_do(tmp_path: Path) -> None:
    script = one_script(write(tmp_path, FOUR), "main")
    printed = ["export PATH=1", "b", "60 undefined"]
    assert run(script, tmp_path).splitlines() == printed
    (tmp_path / "package.json").write_text('{"type": "module"}')  # so that Node takes .js for it
    assert run('import "./main.js";\n', tmp_path).splitlines() == printed


def test_each_module_is_there_once_after_those_that_it_imports(tmp_path: Path) -> None:
    script = one_script(write(tmp_path, FOUR), "main")
    assert re.findall(r"^// (\w+)\.js$", script, re.MULTILINE) == ["c", "b", "a", "main"]


def test_modules_that_import_each_other_are_named(tmp_path: Path) -> None:
    ring = {"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'}
    with pytest.raises(ValueError, match="each other: a → b → a"):
        one_script(write(tmp_path, ring), "a")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_the_modules_of_the_page_have_the_forms_that_are_known(path: Path) -> None:
    source = path.read_text()
    from_here = re.findall(
        r'from "\./|import\(|import "\./|import\.meta|^await ', source, re.MULTILINE
    )
    assert len(from_here) == len(IMPORT.findall(source))
    exports = re.findall(r"^export (?:[a-z{*]+)", source, re.MULTILINE)
    assert len(exports) == len(EXPORT.findall(source))


def test_every_module_of_the_page_is_in_its_script() -> None:
    script = one_script(FOLDER, "main")
    assert {path.stem for path in MODULES} == set(
        re.findall(r"^// (\w+)\.js$", script, re.MULTILINE)
    )
    assert not re.search(r'^(?:import|export) .*"\./', script, re.MULTILINE)


def test_the_script_of_the_page_can_be_parsed(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("The script is not parsed: it needs Node.")
    path = tmp_path / "script.mjs"
    path.write_text(one_script(FOLDER, "main"))
    done = subprocess.run([node, "--check", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
