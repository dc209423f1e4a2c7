"""Which files of the repository are in the site, and under which names.

The site has the repository's layout, so that a relative link means the same in both. What is not
a page is there in one of three forms: source as a page that shows it, a folder as a page that
lists it, and everything else (pictures, JSON) as it is.
"""

from __future__ import annotations

from pathlib import Path

from website.links import PAGES, ROOT, links_in

ICON = ROOT / "handler" / "page" / "icon.svg"  # that of the page at `/`, which the site has, too
# Files that are shown on a page, by their suffix, with the name that Pygments has for the language.
LANGUAGES = {
    "": "text",
    ".c": "c",
    ".mjs": "js",
    ".py": "python",
    ".toml": "toml",
    ".txt": "text",
    ".yaml": "yaml",
}


def files_of_site() -> list[Path]:
    """The icon, the pages of the documentation, and all that they lead to, and so on."""
    found: set[Path] = set()
    waiting = [*PAGES, ICON]
    while waiting:
        path = waiting.pop()
        if (path / "README.md").exists():
            path /= "README.md"
        if path not in found:
            found.add(path)
            waiting += _led_to(path)
    return sorted(found)


def _led_to(path: Path) -> list[Path]:
    if path.is_dir():
        return _content(path)
    if path.suffix != ".md":
        return []
    return [link.file(path) for link in links_in(path.read_text()) if link.is_local]


def _content(folder: Path) -> list[Path]:
    """The files of a folder, those left out that are not for readers."""
    files = (path for path in folder.iterdir() if path.is_file())
    return sorted(path for path in files if not path.name.startswith((".", "__")))


def is_copied(path: Path) -> bool:
    """Whether the site has the file as it is: a page, a picture, data."""
    return not path.is_dir() and (path.suffix == ".md" or path.suffix not in LANGUAGES)


def place(path: Path) -> str:
    """The name of a file in the source of the site, from its root."""
    return path.relative_to(ROOT).as_posix() + _suffix(path)


def _suffix(path: Path) -> str:
    if path.is_dir():
        return "/README.md"
    return "" if is_copied(path) else ".md"


def page_of(path: Path) -> str:
    """The page that shows a source file or lists a folder, in Markdown."""
    name = path.relative_to(ROOT).as_posix()
    # A search is for what the documentation says.
    head = f"---\nsearch:\n  exclude: true\n---\n\n# `{name}`\n\n"
    if path.is_dir():
        pages = ((file.name, Path(place(file)).name) for file in _content(path))
        return head + "".join(f"- [`{name}`]({page})\n" for name, page in pages)
    fence = "~" * 20
    return f"{head}{fence} {LANGUAGES[path.suffix]}\n{path.read_text()}\n{fence}\n"


def with_links_to_places(markdown: str, page: Path) -> str:
    """A page whose links to source files and folders lead to the pages that show them."""
    for link in reversed(list(links_in(markdown))):
        if link.is_local and not is_copied(file := link.file(page)):
            target = link.path.rstrip("/") + _suffix(file)
            markdown = markdown[: link.start] + target + markdown[link.end :]
    return markdown
