"""Groups of HTML tags, by what they do to the text. Tags in no group (span, b, a …) do nothing."""

from __future__ import annotations

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = set(
    "address article aside blockquote body center details dialog dir div dl fieldset figcaption "
    "figure footer form frameset header hgroup hr legend listing main menu nav ol optgroup p "
    "plaintext pre search section summary table ul xmp".split()
)
LINES = {"br", "caption", "dd", "dt", "li", "tr"}  # each begins a new line
CELLS = {"td", "th"}
LISTS = {"ol", "ul", "menu", "dir"}
CODE = {"pre", "listing", "xmp", "plaintext"}
# Shown in a box of its own: a word before it and a word in it are two words.
BOXES = {"button", "meter", "option", "output", "progress"}
# Never shown.
SKIPPED = set(
    "audio base canvas col colgroup datalist embed frame head iframe link meta noembed "
    "noframes noscript param rp script source style template track video".split()
)
SVG_TEXTS = {"text", "title", "desc"}
# Definitions in an SVG picture, which are not drawn.
SVG_SKIPPED = set("clipPath defs marker mask metadata pattern symbol".split())
# Tags without an end, or with an optional one: they do not add to the depth.
NOT_NESTED = set(
    "a area base body br button col colgroup dd dt embed head hr html img input li link meta "
    "option optgroup p param rb rp rt rtc source tbody td tfoot th thead tr track wbr".split()
)
VOID = set(
    "area base br col embed frame hr img input link meta param source track wbr".split()
)  # without content and without an end
RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
FOREIGN = {"svg", "math"}  # their content follows the rules of XML
# A parser opens these again in every block that follows, until they end.
FORMATTING = set("b big code em font i nobr s small strike strong tt u".split())
