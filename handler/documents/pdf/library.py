"""pdfium with our fallback font, and those of its functions that are called very often.

pdfium is not thread-safe: hold `LOCK` around everything. Knows no document.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from ctypes import POINTER, PYFUNCTYPE, byref, c_char, c_double, c_int, c_uint, c_void_p, cast
from typing import Any

from pypdfium2 import raw

from handler.documents.pdf import fallback_font

LOCK = threading.Lock()
logging.getLogger("pypdfium2").setLevel(logging.ERROR)  # it warns of each XFA form; so do we

# The second pointer, NULL, ends the list. pdfium keeps both, so they live as long as this module.
_folder = ctypes.create_string_buffer(str(fallback_font.PATH.parent).encode())
_folders = (POINTER(c_char) * 2)(cast(_folder, POINTER(c_char)))


def _open_again() -> None:
    """Initialize pdfium anew: only then does it take a folder of fonts.

    The folder replaces the system's, so that every machine reads the same text.
    """
    raw.FPDF_DestroyLibrary()
    configuration = raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=_folders)
    raw.FPDF_InitLibraryWithConfig(byref(configuration))


_open_again()


def _bare(function: Any, result: Any, *arguments: Any) -> Any:
    """`function` without the checks of its declared types, which cost more than the call."""
    return PYFUNCTYPE(result, *arguments)(cast(function, c_void_p).value or 0)


# All take the address of a text page and the index of a character; the last three write to the
# addresses after that.
get_unicode = _bare(raw.FPDFText_GetUnicode, c_uint, c_void_p, c_int)
get_text_object = _bare(raw.FPDFText_GetTextObject, c_void_p, c_void_p, c_int)
get_font_size = _bare(raw.FPDFText_GetFontSize, c_double, c_void_p, c_int)
get_origin = _bare(raw.FPDFText_GetCharOrigin, c_int, c_void_p, c_int, c_void_p, c_void_p)
get_loose_box = _bare(raw.FPDFText_GetLooseCharBox, c_int, c_void_p, c_int, c_void_p)
get_matrix = _bare(raw.FPDFText_GetMatrix, c_int, c_void_p, c_int, c_void_p)


def address(handle: Any) -> int:
    """The address that a pdfium handle holds."""
    return cast(handle, c_void_p).value or 0
