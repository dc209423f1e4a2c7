"""GET /: what this server is, for health checks and for people."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from handler.embeddings.operations import SERVED_MODEL
from handler.http.error_handlers import documented
from handler.http.weights import weights

router = APIRouter(tags=["health"])

# Relative links, which keep the stage of the API.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{name}</title><link rel="icon" href="data:,"></head>
<body>
<h1>{name}</h1>
<p>{description} Version {version}, model {model}.</p>
<p>Clients use the base URL <code id="base">{base}</code>.
The routes are described at <a href="docs">docs</a>, for tools at
<a href="openapi.json">openapi.json</a>.</p>
</body>
</html>
"""


@router.get("/", summary="What this is", responses=documented("About"))
async def about(request: Request) -> Response:
    """The name, the version and the routes to begin with. Browsers get a page, which with the
    setting PAGE has the tools of handler/page.
    """
    app = request.app
    accepted = weights(",".join(request.headers.getlist("accept")))
    others = max(accepted.get(name, 0.0) for name in ("application/json", "*/*"))
    wants_page = accepted.get("text/html", 0.0) > accepted.get("application/json", 0.0)
    vary = {"vary": "accept"}
    if wants_page and accepted["text/html"] >= others:
        if app.state.has_page:
            from handler.http.routes.page import index  # not at every cold start

            return index(request)
        page = PAGE.format(
            name=escape(app.title),
            description=escape(app.description),
            version=app.version,
            model=SERVED_MODEL,
            base="/v1",
        )
        return HTMLResponse(page, headers=vary)
    from handler.http.schemas import About  # not at every cold start

    answer = About(
        status=True,
        name=app.title,
        version=app.version,
        description=app.description,
        model=SERVED_MODEL,
        embeddings="/v1/embeddings",
        docs="/docs",
        key_required=app.state.keys.required,
    )
    return JSONResponse(answer.model_dump(), headers=vary)
