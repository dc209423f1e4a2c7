"""Settings, read from the environment once, at cold start. Reads nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from handler.environment import (
    BUCKET,
    HOST,
    NAMESPACE,
    QUEUE,
    TABLE,
    boolean,
    integer,
    items,
    text,
    texts,
)

MEMORY_PER_CPU = 1_769  # MB; docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html

# A SHA-256, with an optional name before it: "alice:2cf24d…". The template's ApiKeyHashes
# accepts the same.
KEY_HASH = re.compile(r"(?:([A-Za-z0-9_.-]{1,32}):)?([0-9A-Fa-f]{64})")
# What browsers send in Origin (RFC 6454, section 7): a scheme, a host and perhaps a port.
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^\s/?#@:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
BASE_PATH = re.compile(r"(?:/[^\s/?#]+)*")


STORE_FORMS = (
    "sqlite:///documents.sqlite (four slashes before an absolute path) or s3vectors://bucket/index"
)
MAX_OVERLAP = 128  # tokens: half of what the model reads


# Those of S3 Vectors' text search; of "none", and where words do not change, no word is stemmed.
TextLanguage = Literal["en", "fr", "es", "pt", "it", "de", "nl", "zh", "ja", "ko", "none"]


@dataclass(frozen=True)
class SqliteAddress:
    """A vector store and its ledger in one file."""

    path: str
    language: TextLanguage = "en"  # of the texts, whose words are searched


@dataclass(frozen=True)
class S3VectorsAddress:
    """A vector bucket of S3 Vectors, with the index of the source's documents in it, and what is
    kept beside it: ledgers and catalog in a DynamoDB table, files in a bucket, tasks in a queue.
    """

    bucket: str
    index: str
    ledger_table: str
    language: TextLanguage = "en"
    files_bucket: str | None = None  # None: no files can be uploaded
    queue_url: str | None = None  # of the ingest function's queue; None: none can be attached


StoreAddress = SqliteAddress | S3VectorsAddress
LogFormat = Literal["text", "json"]
Precision = Literal["int8", "fp32"]  # model_layer's, which this leaf does not know
SearchMode = Literal["hybrid", "vector", "text"]


@dataclass(frozen=True)
class Settings:
    """Every setting; docs/api.md has the table."""

    accept_any_model: bool = True
    cap_dimensions: bool = False  # whether more numbers than the model has are answered with its
    allowed_hosts: tuple[str, ...] = ()  # names of a local server without keys, beside localhost
    chunk_overlap: int = 32  # tokens that a chunk repeats from the one before it, at most
    search_mode: SearchMode = "hybrid"  # of searches that do not say
    truncate: Literal["END", "START", "NONE"] = "END"  # for requests that do not say
    max_waiting_texts: int = 16_384  # of all requests, in a server that answers several at a time
    log_format: LogFormat | None = None  # None: text on a terminal, JSON elsewhere
    mcp: bool = True  # whether assistants may search and read the documents, at /mcp
    page: bool = True  # whether browsers get the page with tools at /
    metrics_namespace: str | None = None  # in CloudWatch; None: log lines are not metrics
    base_path: str = "/"
    keep_boilerplate: bool = False  # read all of an HTML page whose main content is marked
    cors_origins: tuple[str, ...] = ()  # empty: pages of other sites may not call
    keep_alive_seconds: int = 75  # for which the local server keeps an idle connection
    encoder_threads: int | None = None  # None: one for each CPU
    key_hashes: Mapping[str, str] = field(
        default_factory=dict
    )  # name → SHA-256; empty: the API is open
    on_lambda: bool = False
    precision: Precision | None = None  # that the model must have; None: any
    queue_url: str | None = None  # of the ingest function's queue
    source_buckets: tuple[str, ...] = ()  # that the ingest function reads; empty: any
    vector_store: StoreAddress | None = None  # None: no ingestion and no search


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`. Raises ValueError naming the variable and what it accepts."""
    on_lambda = "AWS_LAMBDA_FUNCTION_NAME" in environment
    threads = integer(environment, "ENCODER_THREADS", 1, 64)
    if threads is None and on_lambda:
        # os.cpu_count() is not the function's share of them, which follows its memory.
        memory = integer(environment, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 1, 1 << 20) or 128
        threads = max(1, round(memory / MEMORY_PER_CPU))
    overlap = integer(environment, "CHUNK_OVERLAP", 0, MAX_OVERLAP)
    return Settings(
        accept_any_model=boolean(environment, "ACCEPT_ANY_MODEL", default=True),
        allowed_hosts=tuple(host.lower() for host in texts(environment, "ALLOWED_HOSTS", HOST)),
        chunk_overlap=Settings.chunk_overlap if overlap is None else overlap,
        base_path=_base_path(environment, "API_BASE_PATH"),
        cap_dimensions=_cap_dimensions(environment, "DIMENSIONS_OVER_LIMIT"),
        keep_boilerplate=boolean(environment, "KEEP_BOILERPLATE", default=False),
        cors_origins=_origins(environment, "CORS_ALLOW_ORIGINS"),
        keep_alive_seconds=integer(environment, "KEEP_ALIVE_SECONDS", 1, 3_600)
        or Settings.keep_alive_seconds,
        encoder_threads=threads,
        key_hashes=_key_hashes(environment, "API_KEY_HASHES"),
        max_waiting_texts=integer(environment, "MAX_WAITING_TEXTS", 1, 1_000_000)
        or Settings.max_waiting_texts,
        log_format=_log_format(environment, "LOG_FORMAT", on_lambda=on_lambda),
        mcp=boolean(environment, "MCP", default=True),
        metrics_namespace=text(environment, "METRICS_NAMESPACE", NAMESPACE),
        on_lambda=on_lambda,
        # What a function shows the internet is asked for.
        page=boolean(environment, "PAGE", default=not on_lambda),
        precision=_precision(environment, "PRECISION"),
        queue_url=text(environment, "QUEUE_URL", QUEUE),
        search_mode=_search_mode(environment, "SEARCH_MODE"),
        source_buckets=texts(environment, "SOURCE_BUCKETS", BUCKET),
        truncate=_truncate(environment, "TRUNCATE"),
        vector_store=_store(environment, "VECTOR_STORE"),
    )


def _truncate(environment: Mapping[str, str], name: str) -> Literal["END", "START", "NONE"]:
    value = environment.get(name) or "END"
    match value.upper():
        case "END" | "START" | "NONE" as truncate:
            return truncate
    raise ValueError(f"{name} is {value!r}; it can be END, START or NONE.")


def _log_format(environment: Mapping[str, str], name: str, *, on_lambda: bool) -> LogFormat | None:
    value = environment.get(name)
    match (value or "").lower():
        case "":
            return None
        case "json":
            return "json"
        case "text" if on_lambda:
            raise ValueError(f"{name} is {value!r}; on Lambda it can be json only, for CloudWatch.")
        case "text":
            return "text"
    raise ValueError(f"{name} is {value!r}; it can be text or json.")


def _precision(environment: Mapping[str, str], name: str) -> Precision | None:
    value = environment.get(name)
    match (value or "").lower():
        case "":
            return None
        case "int8" | "fp32" as precision:
            return precision
    raise ValueError(f"{name} is {value!r}; it can be int8 or fp32.")


def _search_mode(environment: Mapping[str, str], name: str) -> SearchMode:
    value = environment.get(name) or "hybrid"
    match value.lower():
        case "hybrid" | "vector" | "text" as mode:
            return mode
    raise ValueError(f"{name} is {value!r}; it can be hybrid, vector or text.")


def _text_language(environment: Mapping[str, str], name: str) -> TextLanguage:
    value = environment.get(name) or "en"
    for language in get_args(TextLanguage):
        if value.lower() == language:
            return cast(TextLanguage, language)
    raise ValueError(f"{name} is {value!r}; it can be {', '.join(get_args(TextLanguage))}.")


def _store(environment: Mapping[str, str], name: str) -> StoreAddress | None:
    value = environment.get(name)
    language = _text_language(environment, "TEXT_LANGUAGE")
    if not value:
        return None
    if (path := value.removeprefix("sqlite:///")) not in ("", value):
        try:
            path.encode()  # SQLite's names are UTF-8
        except UnicodeEncodeError as error:
            raise ValueError(f"{name} is {value!r}, which is not UTF-8; choose another.") from error
        return SqliteAddress(path, language)
    # docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html: 3 to 63 characters
    match = re.fullmatch(r"s3vectors://([a-z0-9][a-z0-9-]{1,61}[a-z0-9])/([a-z0-9.-]{3,63})", value)
    if not match:
        raise ValueError(f"{name} is {value!r}; it can be {STORE_FORMS}.")
    table = text(environment, "LEDGER_TABLE", TABLE)
    if not table:
        raise ValueError(f"{name} is {value!r}; LEDGER_TABLE must name its DynamoDB table.")
    return S3VectorsAddress(
        match[1],
        match[2],
        table,
        language,
        files_bucket=text(environment, "FILES_BUCKET", BUCKET),
        queue_url=text(environment, "QUEUE_URL", QUEUE),
    )


def _base_path(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name) or "/"
    path = f"/{value.strip('/')}".rstrip("/")
    if not BASE_PATH.fullmatch(path):
        raise ValueError(f"{name} is {value!r}; it can be a path such as /prod or /a/b.")
    return path or "/"


def _cap_dimensions(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name) or "refuse"
    if value.lower() not in ("refuse", "cap"):
        raise ValueError(f"{name} is {value!r}; it can be refuse or cap.")
    return value.lower() == "cap"


def _origins(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    listed = items(environment, name)
    origins = tuple(item for item in listed if item)
    if listed and not origins:
        raise ValueError(f"{name} is {environment[name]!r}, which has no origin; leave it empty.")
    for origin in origins:
        if origin != "*" and not ORIGIN.fullmatch(origin.lower()):
            raise ValueError(
                f"{name} has {origin!r}; an origin is a scheme and a host without a path, such as "
                "https://a.example or http://localhost:3000, or * for any."
            )
    return tuple(map(str.lower, origins))  # as browsers send them


def _key_hashes(environment: Mapping[str, str], name: str) -> dict[str, str]:
    hashes: dict[str, str] = {}
    for number, item in enumerate(items(environment, name), start=1):
        match = KEY_HASH.fullmatch(item)
        if not match:
            # The item is not shown: it may be a key, set by mistake.
            raise ValueError(
                f"Item {number} of {name} is not a SHA-256 in 64 hexadecimal digits with an "
                "optional name before it (alice:2cf2…); `minilm key` or `make key` prints one. "
                "Leave the variable empty, not the item, to open the API."
            )
        key_name = match[1] or f"key-{number}"
        if key_name in hashes:
            raise ValueError(
                f"{name} has two keys named {key_name!r}; each key needs a name of its own."
            )
        hashes[key_name] = match[2].lower()
    return hashes
