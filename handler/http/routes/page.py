"""The page for browsers, and GET /page/{name}: its files, from the folder handler/page.

They are read at a request, never at a cold start. The page refers to them, and to the API, by
relative addresses, so that it works below any stage. Does not ask for a key: what the page then
calls does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from handler.errors import NotFound
from handler.http.error_handlers import FOUND
from handler.http.module_script import one_script
from handler.http.paths import ORIGIN
from handler.http.static_file import static_file

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parents[2] / "page"
INDEX = "index.html"
SCRIPT = "main"  # the module that begins, and the name of the script that has them all
MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
# Nothing may be loaded from, or sent to, another server, and no script or style may stand in the
# page itself, where a text that was not escaped would become one. (www.w3.org/TR/CSP3)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-cache",  # kept, but asked for again: a deployment changes the files
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
}


def index(request: Request) -> Response:
    """The page, for a request for / that prefers HTML."""
    last = ORIGIN.sub("", request.state.asked_path).rpartition("/")[2]
    if last:
        # At /prod, a browser would look for the files beside /prod, not below it.
        return RedirectResponse(f"./{quote(last)}/", FOUND, headers={"vary": "accept"})
    content = (FOLDER / INDEX).read_bytes()
    return static_file(request, content, "text/html", {**HEADERS, "vary": "accept"})


@router.get("/page/{name}")
async def page_file(request: Request) -> Response:
    """A file of the page. Its modules are one script."""
    name = request.path_params["name"]
    if name == f"{SCRIPT}.js":
        return static_file(request, _script(), "text/javascript", HEADERS)
    path = _files().get(name)
    if path is None:
        raise NotFound(f"There is no file /page/{name[:100]}.", code="unknown_url")
    return static_file(request, path.read_bytes(), MEDIA_TYPES[path.suffix], HEADERS)


@cache
def _script() -> bytes:
    return one_script(FOLDER, SCRIPT).encode()


def _files() -> dict[str, Path]:
    """The other files by name. A name that is not in the folder's list is never part of a path."""
    return {path.name: path for path in FOLDER.iterdir() if path.suffix in MEDIA_TYPES}
