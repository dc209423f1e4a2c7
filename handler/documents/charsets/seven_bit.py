"""Character sets that use only the bytes of ASCII: ISO-2022 and HZ, by their escape sequences.

Without this they would pass as ASCII, and their text as nonsense. A terminal's escape sequences
(ESC [, ESC ( B alone) are no shift to another set.
"""

from __future__ import annotations

import re

from handler.documents.charsets.decoded import Decoded, refusal
from handler.documents.charsets.japanese import decode_iso_2022_jp
from handler.documents.charsets.labels import usual_name

_JAPANESE = re.compile(rb"\x1b(?:\$[@B]|\$\(D|\([IJ])")
_KOREAN = b"\x1b$)C"
_CHINESE = re.compile(rb"\x1b\$(?:\)[AGE]|\*H|\+[I-M])")
# Simplified Chinese between braces, in pairs that begin with a frequent row of GB 2312: the words
# of a program between the same braces do not.
_HZ = re.compile(rb"~\{((?:[!-#0-W][!-~]){2,500})~\}")


def decode_seven_bit(content: bytes) -> Decoded | None:
    """The text of ISO-2022 or HZ; None if the content, all ASCII, is neither.

    Raises DocumentRejected if it is, and cannot be decoded.
    """
    if b"\x1b" in content:
        if content.find(_KOREAN, 0, 4_096) >= 0:
            return _decode(content, "iso2022_kr")
        if _CHINESE.search(content):
            raise refusal("The file is in ISO-2022-CN, which cannot be read")
        if _JAPANESE.search(content):
            return _decode(content, "iso2022_jp")
    if b"~{" in content and _HZ.search(content):
        return _decode(content, "hz")
    return None


def _decode(content: bytes, codec: str) -> Decoded | None:
    name = usual_name(codec)
    try:
        japanese = codec == "iso2022_jp"
        text = decode_iso_2022_jp(content) if japanese else content.decode(codec)
    except UnicodeError as error:
        if codec == "hz":
            return None  # braces of another kind, too
        raise refusal(f"The file begins as {name.upper()}, but is damaged further on") from error
    return Decoded(text, name, (f"The character set was not declared; it was taken for {name}.",))
