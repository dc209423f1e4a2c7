"""Check the site that was built: no page asks another host, every link leads somewhere, and each
page has the headings and tables that it has on a code host.

Run it with the folder of the site. It reads files, and starts no browser.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt

from website.links import PAGES, ROOT, anchors
from website.tree import place

# What the browser loads by itself. The `href` of an `a` is followed by the reader alone.
LOADING = {"src", "srcset", "poster", "data", "background", "xlink:href", "ping", "formaction"}
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect"}
LOADED_LINKS |= {"dns-prefetch", "manifest", "apple-touch-icon"}
IN_CSS = re.compile(r"(?:url\(|@import)\s*['\"]?((?:[a-z]+:)?//[^'\")\s]*)")
# Material's scripts load what they find no other way, if a page has one of these.
LOADERS = {'class="mermaid"': "Mermaid", 'data-md-component="source"': "facts of a repository"}
SHAPE = {"table", "tr", "th", "td", "ul", "ol", "li", "pre", "h2", "h3", "h4", "h5", "h6"}


@dataclass
class BuiltPage(HTMLParser):
    """What a page of the site loads, links to and is made of."""

    html: str
    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    shape: Counter[str] = field(default_factory=Counter)
    policy: str | None = None  # what the browser may load
    _in_article: bool = False

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.loads += [values[name] for name in LOADING & values.keys()]
        self.loads += IN_CSS.findall(values.get("style", ""))
        if tag == "link" and LOADED_LINKS & set(values.get("rel", "").split()):
            self.loads.append(values.get("href", ""))
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            # A policy holds for what comes after it.
            self.policy = values.get("content") if not self.loads else None
        elif "href" in values and tag in ("a", "area"):
            self.links.append(values["href"])
        elif "href" in values and tag != "link":  # a part of a drawing
            self.loads.append(values["href"])
        if "id" in values:
            self.ids.append(values["id"])
        self._count(tag, values)

    def _count(self, tag: str, values: dict[str, str]) -> None:
        if tag == "article":
            self._in_article = True
        if not self._in_article:
            return
        if re.fullmatch("h[1-6]", tag) and "id" in values:
            self.headings.append(values["id"])
        if tag in SHAPE:
            self.shape[tag] += 1
        if values.get("class") == "diagram":  # a block of code where nothing draws it
            self.shape["pre"] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._in_article = False

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.loads += IN_CSS.findall(data)


def is_elsewhere(address: str) -> bool:
    return any(re.match(r"(?:https?:|wss?:|ftp:)?//", one.strip()) for one in address.split(","))


def requests_elsewhere(page: BuiltPage) -> list[str]:
    """What a page would ask of another host, or of what keeps it from that lacks."""
    faults = [f"it loads {address}" for address in page.loads if is_elsewhere(address)]
    faults += [
        f"its script would load {what}" for sign, what in LOADERS.items() if sign in page.html
    ]
    sources = re.findall(r"default-src ([^;]+)", page.policy or "")
    if not sources or re.search(r"\*|//|https?:", page.policy or ""):
        faults.append("no policy before its first script keeps it from other hosts")
    return faults


def shape_on_a_code_host(markdown: str) -> Counter[str]:
    """How many headings, tables, lists and blocks of code a page has by CommonMark."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)
    blocks = Counter(token.tag for token in tokens if token.nesting == 1 and token.tag in SHAPE)
    blocks["pre"] = sum(token.type in ("fence", "code_block") for token in tokens)
    return +blocks


def differences(page: BuiltPage, markdown: str) -> list[str]:
    """Where a page of the site is another than the same page on a code host."""
    expected = shape_on_a_code_host(markdown)
    faults = [
        f"it has {page.shape[tag]} <{tag}>, and {expected[tag]} on a code host"
        for tag in sorted(SHAPE)
        if page.shape[tag] != expected[tag]
    ]
    once = [anchor for anchor, count in Counter(anchors(markdown)).items() if count == 1]
    return faults + [f"it has no anchor #{one}" for one in once if one not in page.headings]


def dead_links(name: Path, pages: dict[Path, BuiltPage]) -> list[str]:
    """The links of a page of the site that lead to no file of it, or to no place on a page."""
    dead = []
    for link in pages[name].links:
        path, _, anchor = unquote(link).partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (name.parent / path).resolve() if path else name
        ids = pages[target].ids if target in pages else []
        if not target.is_file() or (anchor and target in pages and anchor not in ids):
            dead.append(f"its link {link} leads nowhere")
    return dead


def faults_of(site: Path) -> dict[str, list[str]]:
    """What is wrong with each file of the site."""
    site = site.resolve()
    faults: defaultdict[str, list[str]] = defaultdict(list)
    for style in site.rglob("*.css"):
        faults[style.name] += [f"it loads {one}" for one in IN_CSS.findall(style.read_text())]
    pages = {path: BuiltPage(path.read_text()) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        faults[name] += requests_elsewhere(page)
        if name != "404.html":  # it may be anywhere, so its links begin at the root
            faults[name] += dead_links(path, pages)
    for source in PAGES:
        name = re.sub(r"README$", "index", place(source).removesuffix(".md")) + ".html"
        built = pages.get(site / name)
        faults[name] += differences(built, source.read_text()) if built else ["it is missing"]
    return {name: found for name, found in faults.items() if found}


def main() -> int:
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    faults = faults_of(site)
    for name, found in faults.items():
        for fault in found:
            print(f"{name}: {fault}.", file=sys.stderr)
    if not faults:
        print(f"Open {site}/index.html (pages: {len(list(site.rglob('*.html')))}).")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
