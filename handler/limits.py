"""Every limit that a caller or a document can meet, in one place, each with its reason.

Sizes are in bytes unless a name says otherwise. Settings have their ranges in `settings`.
"""

from __future__ import annotations

# --- A request for embeddings. The first three are OpenAI's (API reference, "Create embeddings").
MAX_INPUTS = 2_048
MAX_TOKEN_IDS = 8_192  # in one input
MAX_TOKEN_IDS_PER_REQUEST = 300_000
DIMENSIONS = 384

# --- Bodies. Lambda's limit for a synchronous invocation, each way (docs.aws.amazon.com,
# gettingstarted-limits). Requests have it everywhere; answers have it on Lambda only.
MAX_BODY = 6_291_456
MAX_ANSWER = 6_291_456
# A load balancer's (docs.aws.amazon.com/elasticloadbalancing, "Lambda functions as targets").
MAX_ANSWER_ALB = 1_048_576

# --- Time. An HTTP API gives up after 30 s and a REST API after 29 s, by default; Lambda may run
# for longer.
GATEWAY_SECONDS = 29

# --- Lists of files and stores, as OpenAI's clients page through them.
MAX_PAGE = 100  # items
MAX_FILE_ID = 256  # characters of an id that is looked up; 1,024 bytes, DynamoDB's limit of a key
MAX_FILES_COUNTED = 10_000  # beyond these, a store's counts are marked as incomplete

# --- A search.
MAX_QUERIES = 32
MAX_RESULTS = 50  # OpenAI's
MAX_FILTER_DEPTH = 4  # compounds around a comparison
MAX_FILTER_ITEMS = 100  # in a compound, or in a list of values
MAX_FILTER_VALUES = 1_000  # to compare with, in all: every record may be compared with each
MAX_FILTER_STRING = 512  # characters; OpenAI's
MAX_FILTER_NUMBER = 2**53  # up to it, every whole number is a JSON number (RFC 8259, section 6)

# --- The attributes of a document. OpenAI's limits (API reference, "Vector store files").
MAX_ATTRIBUTES = 16
MAX_ATTRIBUTE_VALUE = 512  # characters
# S3 Vectors' limits: characters of a key, and bytes of all that can be filtered by
# (docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html).
MAX_ATTRIBUTE_KEY = 63
MAX_ATTRIBUTE_BYTES = 2_048

# --- A document. Its bytes are in memory twice, beside its text and the model.
MAX_DOCUMENT = 52_428_800
# A document of this many characters has some 10,000 chunks: minutes of encoding, and at worst
# 40 MB as a Python string. The Bible has four million.
MAX_CHARACTERS = 10_000_000
# More than any book has, and read within seconds. A small file can have millions of empty pages.
MAX_PAGES = 20_000
# Characters of a heading. It goes into the metadata of each chunk below it, and a store takes
# 40 kB of metadata in all.
MAX_HEADING = 200
# No book has as many. Each takes 280 bytes of a process without a memory limit: two million would
# take more memory than a function has.
MAX_HEADINGS = 100_000
# Nobody writes data nested as deep by hand; Python's stack ends at about 1,000.
MAX_JSON_DEPTH = 200
# Browsers stop at 512. Parsing time grows with the square of the depth: 30 s at 100,000.
MAX_HTML_DEPTH = 5_000
# The XML around ten million characters of text is several times as long; a bomb's has gigabytes.
MAX_INFLATED = 200_000_000
# Word writes some 20 entries, and one more for each picture.
MAX_ZIP_ENTRIES = 10_000

# --- The process that reads documents. 10,000 pages of PDF need about a second.
READING_SECONDS = 60.0
READING_MEMORY = 1_073_741_824
# The share of a function's memory; the rest is for the model and for Python itself.
READING_MEMORY_SHARE = 0.6
# A process that is larger than this after a document ends: the function needs the memory.
READING_MEMORY_KEPT = 134_217_728
