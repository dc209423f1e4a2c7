"""Who may call a server that needs no key.

A browser that can reach the server does so whatever page it shows. If the page's host name resolves
to the server's address, the browser takes this server for the page's own site, and the page can
read documents (DNS rebinding). Any page can also send forms and plain text without a preflight. So
the host must be a name that no such page can have, and a request from a page of another site is
refused before any work. Programs send no Origin, and pass. Does not replace API keys.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from handler.errors import ApiError, Forbidden
from handler.http.cors import is_preflight
from handler.http.error_handlers import error_response

ANY = "*"
OPEN_PATH = "/health"  # for monitors, which may know this machine by any name
# Names of private networks: a container's or a service's, with one label or below a domain that the
# public DNS does not have (RFC 6762; ICANN's resolution 2024.07.29.06).
PRIVATE_DOMAINS = (".local", ".internal")
NAMES = {"localhost", "host.docker.internal"}  # the second is this machine for its containers
# A host and an optional port (RFC 9110, section 7.2).
AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^\[\]:@/?#\s]+)(?::\d*)?", re.IGNORECASE)


class HostCheck:
    """ASGI middleware. It is inside the access log, which then shows refusals."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: Collection[str],
        allowed_origins: Collection[str],
        is_private: bool = True,
    ) -> None:
        """allowed_hosts: beside this machine's, in lower case; `*` is any.

        is_private: whether this machine alone can connect. Else its addresses and the names of its
            network are right, too.
        """
        self._app = app
        self._is_private = is_private
        self._hosts = frozenset(host.strip("[]") for host in allowed_hosts)
        self._origins = frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await error_response(refusal, {"vary": "origin"})(scope, receive, send)

    def _refusal(self, scope: Scope) -> ApiError | None:
        if scope["path"] == OPEN_PATH:
            return None
        headers = Headers(scope=scope)
        return self._wrong_host(scope, headers) or self._wrong_site(scope, headers)

    def _wrong_host(self, scope: Scope, headers: Headers) -> Forbidden | None:
        if ANY in self._hosts:
            return None
        hosts = headers.getlist("host")
        target = scope.get("raw_path", b"").decode("latin-1")
        if not target.startswith("/") and "://" in target:  # "GET http://host/path"
            hosts.append(urlsplit(target).netloc)
        if not hosts and scope.get("http_version") == "1.0":
            return None
        wrong = next((host for host in hosts or [""] if not self._is_allowed(host)), None)
        if wrong is None:
            return None
        place = "this machine" if self._is_private else "a private network"
        return Forbidden(
            f"The host {wrong[:200]!r} is not a name of {place}, and the server needs no key, "
            "so a page of another site could be calling. If the name is right, add it to "
            "ALLOWED_HOSTS (names separated by commas; * is any), or set API_KEY_HASHES.",
            code="host_not_allowed",
        )

    def _is_allowed(self, authority: str) -> bool:
        match = AUTHORITY.fullmatch(authority)
        if not match:
            return False
        host = match["host"].lower().strip("[]").removesuffix(".")
        if host in NAMES or host.endswith(".localhost"):
            return True
        if host in self._hosts:
            return True
        try:
            return ipaddress.ip_address(host).is_loopback or not self._is_private
        except ValueError:
            is_of_network = "." not in host or host.endswith(PRIVATE_DOMAINS)
            return is_of_network and not self._is_private

    def _wrong_site(self, scope: Scope, headers: Headers) -> Forbidden | None:
        """The refusal of a request that a page of another site sends."""
        if ANY in self._origins or is_preflight(scope):  # `cors` answers preflights
            return None
        origin = headers.get("origin")
        if origin is not None:
            if origin in self._origins or _is_same_origin(origin, headers.get("host", "")):
                return None
        elif headers.get("sec-fetch-site") != "cross-site" or _is_followed_link(scope, headers):
            return None
        return Forbidden(
            f"A page of {origin[:200] if origin else 'another site'} may not call a server that "
            "needs no key. Add its origin to CORS_ALLOW_ORIGINS, or set API_KEY_HASHES.",
            code="origin_not_allowed",
        )


def _is_same_origin(origin: str, host: str) -> bool:
    """Whether the page came from this server, under this name."""
    scheme, _, authority = origin.partition("://")
    return scheme in ("http", "https") and authority.lower() == host.lower()


def _is_followed_link(scope: Scope, headers: Headers) -> bool:
    """Whether a person followed a link, such as one to /docs: no page reads the answer."""
    return (
        scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
