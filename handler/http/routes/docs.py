"""GET /openapi.json, and /docs and /redoc: what describes the routes, for tools and for people.

The pages ask no other server. Their scripts are files of the package fastapi-offline: Swagger UI
(Apache-2.0) and Redoc (MIT), as their projects publish them. They are read at a request, never at a
cold start. Links are relative, so that they keep the stage of the API.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
from pathlib import Path

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from handler.errors import NotFound
from handler.http.concurrency import run_in_turn
from handler.http.openapi import DocumentedApp
from handler.http.static_file import static_file

router = APIRouter(include_in_schema=False)

PACKAGE = "fastapi_offline"
FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
}
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">{style}</head>
<body><div id="page"></div><script src="{folder}{file}"></script><script>{script}</script></body>
</html>
"""
# Where the API is: the page's address without its last part. A server of the description has no
# address of its own, so that requests go where the page came from.
FIND_API = """
const api = location.pathname.replace(/\\/(docs|redoc)\\/*$/, "");
const described = fetch(api + "/openapi.json").then(answer => answer.json())
  .then(spec => ({...spec, servers: [{url: api || "/"}]}));
"""
SWAGGER = (
    FIND_API
    + """described.then(spec => SwaggerUIBundle({
  spec, dom_id: "#page", layout: "BaseLayout", deepLinking: true, validatorUrl: null,
  showExtensions: true, showCommonExtensions: true,
  oauth2RedirectUrl: location.origin + api + "/docs/oauth2-redirect",
  presets: [SwaggerUIBundle.presets.apis],
}));
"""
)
REDOC = (
    FIND_API
    + """described.then(spec => Redoc.init(spec, {}, document.getElementById("page")));
"""
)


@router.get("/openapi.json")
async def description(request: Request) -> Response:
    """The description for tools. It is built at the first request, beside the event loop."""
    app: DocumentedApp = request.app
    document = app.document
    if document is None:
        _ = app.routes  # all are built here: the loop must not miss one meanwhile
        document = await run_in_turn(request, app.openapi)
    if root_path := request.scope.get("root_path", "").rstrip("/"):
        document = {**document, "servers": [{"url": root_path}]}
    return Response(orjson.dumps(document), media_type="application/json")


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The description for people, with a form for each route."""
    return _page(request, "swagger-ui-bundle.js", SWAGGER, style="swagger-ui.css")


@router.get("/redoc")
async def redoc(request: Request) -> Response:
    """The description for people, as one document."""
    return _page(request, "redoc.standalone.js", REDOC)


@router.get("/docs/oauth2-redirect")
async def oauth2_redirect() -> Response:
    """Swagger UI's page for the end of an OAuth 2 sign-in."""
    from fastapi.openapi.docs import get_swagger_ui_oauth2_redirect_html

    return get_swagger_ui_oauth2_redirect_html()


@router.get("/docs/{name}")
async def asset(request: Request) -> Response:
    """A file of the pages."""
    name = request.path_params["name"]
    if name not in FILES:
        raise NotFound(f"There is no file /docs/{name[:100]}.", code="unknown_url")
    kept = {"cache-control": "public, max-age=3600"}
    return static_file(request, _read(name), FILES[name], kept)


def _page(request: Request, file: str, script: str, style: str = "") -> Response:
    # A page at /docs/ is asked for its files below /docs/, too.
    folder = "../docs/" if request.state.asked_path.endswith("/") else "docs/"
    page = PAGE.format(
        title=f"{request.app.title}: routes",
        folder=folder,
        style=f'<link rel="stylesheet" href="{folder}{style}">' if style else "",
        file=file,
        script=script,
    )
    return HTMLResponse(page, headers={"content-security-policy": _policy(script)})


def _policy(script: str) -> str:
    """Nothing may be loaded from, or sent to, another server. (www.w3.org/TR/CSP3)"""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self' "
        "'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; "
        "worker-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def _read(name: str) -> bytes:
    # Found, not imported: the package's module would import more of FastAPI.
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None
    assert found.submodule_search_locations is not None
    return (Path(found.submodule_search_locations[0]) / "static" / name).read_bytes()
