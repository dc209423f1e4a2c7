"""Every limit of a request or a document, each with its reason.

Sizes are in bytes unless a comment says otherwise. The ranges of settings are in `settings`.
"""

from __future__ import annotations

# --- A request for embeddings. The first three are OpenAI's (API reference, "Create embeddings").
MAX_INPUTS = 2_048
MAX_TOKEN_IDS = 8_192  # in one input
MAX_TOKEN_IDS_PER_REQUEST = 300_000
MAX_PIECES = 65_536  # of all inputs, in an answer with each of them: some five megabytes
MAX_TOKEN_ID = 100_255  # of cl100k_base, without its special tokens
DIMENSIONS = 384
# With DIMENSIONS_OVER_LIMIT=cap. Ten times what the largest models have.
MAX_DIMENSIONS_ASKED = 65_536

# --- Bodies. Lambda's limit for a synchronous invocation, in both directions
# (docs.aws.amazon.com, gettingstarted-limits). It holds for every request, and for answers on
# Lambda.
MAX_BODY = 6_291_456
MAX_ANSWER = 6_291_456
# Streams in a gzip body. Tools that compress in blocks make one for each 64 kB; a body of empty
# ones would take a second.
MAX_GZIP_MEMBERS = 1_000
# Values in a JSON body: the largest request has 302,049. Parsing holds Python's lock, and millions
# of empty lists would keep all other requests waiting for two seconds.
MAX_JSON_VALUES = 400_000
# Escapes of half a surrogate pair in a JSON body: two for each input are 4,096.
MAX_JSON_HALVES = 10_000
# A load balancer's (docs.aws.amazon.com/elasticloadbalancing, "Lambda functions as targets").
MAX_ANSWER_ALB = 1_048_576

# --- Forms with a file.
# Bytes of a form beside its file: boundaries, headers of parts, and short fields.
MAX_FORM_FIELDS = 65_536
MAX_FORM_TEXT = 1_024  # of a field that is no file
MAX_PART_HEADERS = 16  # a number, of a part of a form …
MAX_PART_HEADER = 8_192  # … and the bytes of each
# Of a form, in memory: of its file, which beyond it is on disk, and of what is not parsed yet.
SPOOLED_FORM = 262_144
# A request of 6 MB on Lambda has this much of a file, in base64 and beside the rest of the event.
LAMBDA_FILE = 4_500_000

# --- Files and uploads. Content types and names: as a document's attributes have them.
MAX_FILENAME = 255  # in UTF-8
MAX_CONTENT_TYPE = 127  # characters
MAX_LIST_FILES = 10_000  # in a page of the list of files; OpenAI's
MIN_FILE_SECONDS, MAX_FILE_SECONDS = 3_600, 2_592_000  # until a file expires; OpenAI's
UPLOAD_SECONDS = 3_600  # until an upload expires; OpenAI's
# Of an upload. A file of the largest size has twelve of those that Lambda takes.
MAX_UPLOAD_PARTS = 1_000

# --- Requests that wait, in a server with several at a time. (Of texts, the limit is a setting.)
# Bytes of bodies: a parsed one takes several times as much.
MAX_WAITING_BYTES = 67_108_864
# A request with a smaller body is never refused because of the bodies of others.
SHORT_BODY = 16_384

# --- Time. By default an HTTP API gives up after 30 s and a REST API after 29 s. Lambda itself may
# run longer.
GATEWAY_SECONDS = 29

# --- Headers.
MAX_REQUEST_ID = 128  # characters of the caller's x-request-id

# --- Lists of files and stores.
MAX_LIST_ITEMS = 100  # in a page
MAX_ID = 256  # characters of an id that a request names; DynamoDB's limit for a key is 1,024

# --- Vector stores. OpenAI's limits (API reference, "Vector stores"), except for the texts.
MAX_METADATA = 16  # pairs
MAX_METADATA_KEY = 64  # characters
MAX_METADATA_VALUE = 512  # characters
MAX_STORE_NAME = 1_024  # characters. DynamoDB's limit for an item is 400 kB.
MAX_DESCRIPTION = 4_096  # characters
MAX_EXPIRY_DAYS = 365
MAX_INITIAL_FILES = 500  # that a store is made with
MAX_BATCH_FILES = 2_000
MIN_CHUNK_TOKENS = 100
MAX_CHUNK_TOKENS = 4_096  # that may be asked for; the model reads 256
# File batches that wait for the same file: each is in the file's row.
MAX_WAITING_BATCHES = 8

# --- A document that an assistant reads: some 100,000 tokens of most models.
MAX_FETCHED = 400_000  # characters

# --- A search.
MAX_QUERIES = 32
MAX_RESULTS = 50  # OpenAI's
MAX_WEIGHT = 1_000_000  # of meaning, or of words
RANKED = 100  # records that each way finds: the most that S3 Vectors does
MAX_FILTER_DEPTH = 4  # compounds around a comparison
MAX_FILTER_ITEMS = 100  # in a compound, or in a list of values
MAX_FILTER_VALUES = 1_000  # in all comparisons: a store may compare every record with each
MAX_FILTER_STRING = 2_048  # characters: a source can have them. OpenAI's limit is 512.
# Of attributes, too. JSON is exact for whole numbers up to it (RFC 8259, section 6).
MAX_FILTER_NUMBER = 2**53

# --- The attributes of a document. OpenAI's limits (API reference, "Vector store files").
MAX_ATTRIBUTES = 16
MAX_ATTRIBUTE_NAME = 64  # characters
MAX_ATTRIBUTE_VALUE = 512  # characters
# S3 Vectors' limits: characters of a stored key, and bytes of all filterable attributes
# (docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html).
MAX_ATTRIBUTE_KEY = 63
MAX_ATTRIBUTE_BYTES = 2_048

# --- A document. Memory holds its bytes twice, its text and the model.
MAX_DOCUMENT = 52_428_800
# For an object's content to arrive, all of it: 1.7 MB a second for the largest. With the time for
# reading the document, within the shortest timeout of the ingest function.
OBJECT_SECONDS = 30.0
# So much text makes about 10,000 chunks, which take minutes to encode, and at most 40 MB as a
# Python string. The Bible has four million characters.
MAX_CHARACTERS = 10_000_000
# More than any book has, and seconds to read. A small file can hold millions of empty pages.
MAX_PAGES = 20_000
# Characters of a heading. Every chunk below it repeats it in its metadata, and a store takes 40 kB
# of metadata for a chunk.
MAX_HEADING = 200
# More than any book has. Each takes 280 bytes in the main process, which has no memory limit: two
# million would take more memory than a function has.
MAX_HEADINGS = 100_000
# More than any book has. Tables beyond it are read, but their chunks do not repeat the header.
MAX_TABLES = 100_000
# Warnings about a document, and characters of each: they are kept in its row of the ledger.
MAX_WARNINGS = 20
MAX_WARNING = 300
# Shares of a text's characters in words that the model does not know: beyond the first, its vector
# is that of any other such text (two Thai sentences have cosine 1.0); from the second on, there is
# a warning. Chinese prose has some 80 %, Japanese 30 %, Russian and Arabic none.
MAX_UNKNOWN = 0.9
UNKNOWN_WARNED = 0.1
# Deeper than data written by hand; Python's stack ends at about 1,000.
MAX_JSON_DEPTH = 200
# Browsers stop at 512. Parsing time grows with the square of the depth, to 30 s at 100,000.
MAX_HTML_DEPTH = 5_000
# Of one tag. Pages have a dozen. Parsing time grows with the square, to 30 s at 80,000.
MAX_HTML_ATTRIBUTES = 500
# Elements such as <b> that are never closed: a parser opens them again in every paragraph, at 370
# bytes each.
MAX_HTML_REOPENED = 500_000
# In the <select>s of a page. Parsing time grows with the square of one's, to 6 s at 20,000.
MAX_HTML_OPTIONS = 20_000
# Of a page, of all chapters of a book or of all outputs of a notebook, counted by their < signs. A
# million take five seconds; the longest manuals have 800,000.
MAX_HTML_TAGS = 2_000_000
# In a Markdown file. Hundreds of thousands take seconds, and hold no text.
MAX_MARKDOWN_COMMENTS = 200_000
# Cells and outputs of a notebook. A hundred thousand HTML outputs take eight seconds.
MAX_NOTEBOOK_PARTS = 100_000
# Entries of a feed, whose texts are pages of HTML.
MAX_FEED_ENTRIES = 50_000
# Places in an HTML table, counting what its cells span: a few bytes can span millions.
MAX_TABLE_CELLS = 1_000_000
# Several times the length of ten million characters, for the XML around them. A bomb has
# gigabytes.
MAX_INFLATED = 200_000_000
# Elements and attributes of a part, counted by its < and = signs. A million take about
# 100 MB and four seconds; a handbook of 872 pages has 340,000.
MAX_XML_TAGS = 4_000_000
# Of a sheet, or of a workbook's strings; they are read one by one, and counted by their < signs.
# A million take up to five seconds and 120 MB; a column in all of Excel's 1,048,576 rows has six.
MAX_STREAMED_TAGS = 7_000_000
# Groups of a Rich Text file inside each other; Word writes about 20.
MAX_RTF_DEPTH = 1_000
# Control words, symbols and groups of a Rich Text file. A million take four to eight seconds; a
# book in Word's form has about a million.
MAX_RTF_WORDS = 2_000_000
# Slides of a presentation: more than any has. Each takes a part to be opened.
MAX_SLIDES = 5_000
# Sheets of a workbook: more than any has. Each takes a part to be opened.
MAX_SHEETS = 1_000
# Characters that merged cells repeat, and steps to find their places: a few bytes can claim 17
# billion places.
MAX_REPEATED_CHARACTERS = 1_000_000
# Series of a chart that are read: every one is a cell in each of its rows.
MAX_CHART_SERIES = 100
# Parts of a message inside others: the parser compares each line with each of them. Twenty million
# comparisons take about three seconds.
MAX_MAIL_PARTS = 500
MAX_MAIL_WORK = 20_000_000
# Bytes of a message's headers; mail servers take some 100,000. Each header is an object.
MAX_MAIL_HEADERS = 2_000_000
# Messages inside messages; forwarded ones beyond it repeat what is above them.
MAX_MAIL_DEPTH = 3
# Attachments that are read: each can be a file of its own that takes seconds.
MAX_ATTACHMENTS = 50
# Word writes about 20 entries, and one more for each picture.
MAX_ZIP_ENTRIES = 10_000

# --- The process that reads documents. 10,000 pages of PDF take about a second.
READING_SECONDS = 60.0
READING_MEMORY = 1_073_741_824
# A share of the function's memory; the model and Python take the rest.
READING_MEMORY_SHARE = 0.6
# A process that is larger than this after a document is stopped: the function needs the memory.
READING_MEMORY_KEPT = 134_217_728
# What the main process takes from it for a document, since it has no memory limit of its own: bytes
# of the text (each character has at most four), of headings and tables, and how many values these
# may hold. A hundred thousand headings and as many tables are about 700,000.
READING_TEXT = 4 * MAX_CHARACTERS
READING_FIELDS = 33_554_432
READING_VALUES = 3_000_000
READING_LOG = 16_384  # characters of its log lines for a document; a traceback has about 2,000
# Open files: it has its pipes, and opens one library after another.
READING_FILES = 64
# Of a process over all its documents; at half of it, another one goes on.
READING_CPU_SECONDS = 3_600

# --- The local server's connections. Lambda's are its gateway's.
# Each takes a descriptor, another one for a file, and some 100 kB with its request. Descriptors are
# kept for the store (two for each thread), listening, and connections that are being refused.
MAX_CONNECTIONS = 1_000
KEPT_DESCRIPTORS = 192
# As Apache's "header=20-40,MinRate=500 body=20,MinRate=500"
# (httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html): so many seconds, and one more for each 500
# bytes that came.
HEADER_SECONDS = 20
MAX_HEADER_SECONDS = 40
BODY_SECONDS = 20
MAX_BODY_SECONDS = 600
MIN_BYTES_A_SECOND = 500
# Chunks of a body, and one more for each so many bytes. A chunk takes the event loop 10 µs or more,
# whatever its size; a body of chunks of one byte would take it a minute.
MAX_TINY_CHUNKS = 4_000
MIN_CHUNK = 256  # bytes
# Without one byte taken: longer than any pause of a client that reads.
UNREAD_SECONDS = 30
# Of all answers that were sent and not read: together with the model, less than a small machine's
# memory.
MAX_UNREAD = 268_435_456
# Of all bodies that are not complete after so many seconds: half of what may wait, so that the
# other half is free for clients that send without pauses.
SLOW_SECONDS = 5
MAX_INCOMPLETE = MAX_WAITING_BYTES // 2
# What is read and thrown away after a refusal, so that it reaches a client that first sends all:
# ten times the largest request, and nginx's `lingering_time`.
MAX_DRAINED = 67_108_864
DRAIN_SECONDS = 30
# After the first signal: for running requests, then for the process. Docker kills after ten.
GRACE_SECONDS = 7
EXIT_SECONDS = 9
# For the vector stores to say what they hold, when /metrics is asked for. Prometheus waits for ten.
METRICS_STORE_SECONDS = 2.0
