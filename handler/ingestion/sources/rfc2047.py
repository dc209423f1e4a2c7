"""Values of headers that are not ASCII, as S3 gives them: `=?UTF-8?Q?Z=C3=BCrich?=` (RFC 2047)."""

from __future__ import annotations

import re
from base64 import b64decode
from itertools import groupby
from operator import itemgetter
from urllib.parse import unquote_to_bytes

# A charset (which may name a language, too), B or Q, and the encoded bytes.
WORD = r"=\?([A-Za-z0-9._:-]+)(?:\*[A-Za-z0-9-]*)?\?([BbQq])\?([!->@-~]*)\?="
# White space between two encoded words is no part of the text.
RUN = re.compile(rf"{WORD}(?:[ \t]+{WORD})*")
Q_ESCAPE = re.compile("=(?![0-9A-Fa-f]{2})")


def decode_words(text: str) -> str:
    """The text with its encoded words decoded. Malformed ones stay as they are."""
    return RUN.sub(_decoded, text)


def _decoded(run: re.Match[str]) -> str:
    """The text of encoded words. A character's bytes may be divided between two of a charset."""
    words = [(charset.lower(), *word) for charset, *word in re.findall(WORD, run[0])]
    try:
        text = "".join(
            b"".join(_bytes(encoding, payload) for _, encoding, payload in same).decode(charset)
            for charset, same in groupby(words, key=itemgetter(0))
        )
        text.encode()  # raises UnicodeEncodeError: some charsets have half characters
    except (ValueError, LookupError):
        return run[0] if len(words) == 1 else re.sub(WORD, _decoded, run[0])
    return text


def _bytes(encoding: str, payload: str) -> bytes:
    """Raises ValueError if the payload is malformed."""
    if encoding in "Bb":
        return b64decode(payload, validate=True)
    if Q_ESCAPE.search(payload):
        raise ValueError(payload)
    return unquote_to_bytes(payload.replace("%", "=25").replace("_", " ").replace("=", "%"))
