"""How much of a document is read, each limit in one place, with its reason.

The bytes of a file are bounded before it is downloaded; these bound what may come out of them.
"""

from __future__ import annotations

# Of as many a document has some 10,000 chunks, which is minutes of embedding, and 40 MB as a
# Python string at worst. The Bible has four million.
MAX_CHARACTERS = 10_000_000
# Above any book, and read within seconds. Of empty pages a small file can have millions.
MAX_PAGES = 20_000
# A heading goes into the metadata of each chunk below it, of which a store takes 40 kB in all.
MAX_HEADING = 200
# No book has as many. Each takes 280 bytes of this process, which nothing limits:
# two million would take more memory than a function has.
MAX_HEADINGS = 100_000
# No person nests data as deep; Python's stack ends at about 1,000.
MAX_JSON_DEPTH = 200
# Browsers stop at 512. The time that parsing takes grows with the square of it: 30 s at 100,000.
MAX_HTML_DEPTH = 5_000
# The XML around ten million characters of text is several times as long; a bomb's has gigabytes.
MAX_INFLATED = 200_000_000
# Word writes some 20 entries, and one more for each picture.
MAX_ZIP_ENTRIES = 10_000

# What reading one document may take, in all. 10,000 pages of PDF need about a second.
SECONDS = 60.0
MEMORY = 1_073_741_824
# Of a function's memory; the rest is the model's, and Python's own.
MEMORY_SHARE = 0.6
# A child that is larger after a document is not kept: the rest of the function needs the memory.
MEMORY_KEPT = 134_217_728
