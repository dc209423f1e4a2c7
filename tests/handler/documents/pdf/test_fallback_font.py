"""The font for missing ones is the one that its script makes, and pdfium takes it."""

from __future__ import annotations

import importlib

from handler.documents.pdf import fallback_font

TTFont = importlib.import_module("fontTools.ttLib").TTFont  # it has no types


def test_the_font_is_what_the_script_makes() -> None:
    assert fallback_font.PATH.read_bytes() == fallback_font.make()
    assert len(fallback_font.make()) < 1_000


def test_pdfium_has_a_folder_with_this_font_alone() -> None:
    names = [path.name for path in fallback_font.PATH.parent.iterdir()]
    assert names == ["fallback.ttf"]


def test_every_character_is_a_square_of_an_em() -> None:
    with TTFont(fallback_font.PATH) as font:
        characters = font.getBestCmap()
        assert set("東ア한Ａ\U00020000") <= set(map(chr, characters))
        (name,) = set(characters.values())
        glyph, size = font["glyf"][name], font["head"].unitsPerEm
        assert (glyph.xMin, glyph.xMax, glyph.yMax - glyph.yMin) == (0, size, size)
        assert font["hmtx"][name] == (size, 0)
