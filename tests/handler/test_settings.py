"""Settings come from the environment; a wrong value is refused with its name and what it can be."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from handler.settings import Precision, S3VectorsAddress, Settings, read_settings
from model_layer import PRECISIONS

LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "embeddings"}


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_the_precisions_are_those_of_the_model() -> None:
    assert get_args(Precision) == PRECISIONS


@pytest.mark.parametrize(
    ("memory", "threads"),
    [("128", 1), ("512", 1), ("1769", 1), ("3008", 2), ("3538", 2), ("10240", 6)],
)
def test_threads_on_lambda_follow_the_memory(memory: str, threads: int) -> None:
    settings = read_settings({**LAMBDA, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": memory})
    assert settings.on_lambda
    assert settings.encoder_threads == threads


def test_threads_can_be_set() -> None:
    assert read_settings({**LAMBDA, "ENCODER_THREADS": "3"}).encoder_threads == 3
    assert read_settings({"ENCODER_THREADS": ""}).encoder_threads is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ENCODER_THREADS", "0", "from 1 to 64"),
        ("ENCODER_THREADS", "two", "from 1 to 64"),
        ("MAX_WAITING_TEXTS", "0", "from 1 to 1000000"),
        ("ENCODER_THREADS", "-1", "from 1 to 64"),
        ("KEEP_ALIVE_SECONDS", "0", "from 1 to 3600"),
        ("KEEP_ALIVE_SECONDS", "3601", "from 1 to 3600"),
        ("ACCEPT_ANY_MODEL", "no", "true or false"),
        ("ENCODER_THREADS", "٢", "from 1 to 64"),
        ("ENCODER_THREADS", "0x2", "from 1 to 64"),
        ("ENCODER_THREADS", "+2", "from 1 to 64"),
        ("ENCODER_THREADS", " 2", "from 1 to 64"),
        ("ENCODER_THREADS", "2.0", "from 1 to 64"),
        ("ENCODER_THREADS", "9" * 5_000, "from 1 to 64"),
        ("TRUNCATE", "middle", "END, START or NONE"),
        ("SEARCH_MODE", "words", "hybrid, vector or text"),
        ("TEXT_LANGUAGE", "english", "en, fr, .*none"),
        ("DIMENSIONS_OVER_LIMIT", "384", "refuse or cap"),
        ("API_BASE_PATH", "https://a.example/prod", "a path such as /prod"),
        ("API_BASE_PATH", "/prod?a", "a path such as /prod"),
        ("API_BASE_PATH", "/a b", "a path such as /prod"),
        ("API_BASE_PATH", "/a//b", "a path such as /prod"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, words: str) -> None:
    with pytest.raises(
        ValueError, match=f"{name} is {re.escape(repr(value))}; it can be .*{words}"
    ):
        read_settings({name: value})


def test_a_store_on_aws_has_its_files_and_its_queue_beside_it() -> None:
    store = {"VECTOR_STORE": "s3vectors://bucket/index", "LEDGER_TABLE": "table"}
    expected = S3VectorsAddress("bucket", "index", "table")
    assert read_settings({**store, "FILES_BUCKET": "", "QUEUE_URL": ""}).vector_store == expected
    more = {"FILES_BUCKET": "files", "QUEUE_URL": "https://sqs.example/1/ingest"}
    assert read_settings({**store, **more}).vector_store == replace(
        expected, files_bucket="files", queue_url="https://sqs.example/1/ingest"
    )


@pytest.mark.parametrize(
    "store",
    [
        {"VECTOR_STORE": "sqlite:///d.sqlite"},
        {"VECTOR_STORE": "s3vectors://bucket/index", "LEDGER_TABLE": "ledger"},
    ],
)
def test_a_store_has_the_language_of_its_texts(store: dict[str, str]) -> None:
    for value, language in (
        ({}, "en"),
        ({"TEXT_LANGUAGE": ""}, "en"),
        ({"TEXT_LANGUAGE": "DE"}, "de"),
    ):
        address = read_settings({**store, **value}).vector_store
        assert address is not None
        assert address.language == language


def test_an_idle_connection_is_kept_as_long_as_set() -> None:
    assert read_settings({"KEEP_ALIVE_SECONDS": "5"}).keep_alive_seconds == 5
    assert read_settings({}).keep_alive_seconds == 75


def test_allowed_hosts_are_read_in_lower_case() -> None:
    settings = read_settings({"ALLOWED_HOSTS": "Embeddings.example, box,"})
    assert settings.allowed_hosts == ("embeddings.example", "box")


def test_keys_are_read_as_hashes_with_optional_names() -> None:
    a, b = "a" * 64, "0123456789abcdef" * 4
    settings = read_settings({"API_KEY_HASHES": f"alice:{a}, {b}"})
    assert settings.key_hashes == {"alice": a, "key-2": b}
    assert read_settings({"API_KEY_HASHES": "A" * 64}).key_hashes == {"key-1": a}
    assert read_settings({"API_KEY_HASHES": ""}).key_hashes == {}


@pytest.mark.parametrize("value", [",", " ", ",,", " , ", f"{'a' * 64},", f",{'a' * 64}", "\n"])
def test_an_empty_item_among_the_keys_is_refused(value: str) -> None:
    """Or a mistake would open the API."""
    with pytest.raises(ValueError, match=r"Item \d of API_KEY_HASHES is not a SHA-256"):
        read_settings({"API_KEY_HASHES": value})


@pytest.mark.parametrize(
    "item", ["sk-secret", "G" * 64, "a" * 63, "a b:" + "a" * 64, ":" + "a" * 64]
)
def test_a_key_in_place_of_its_hash_is_refused_and_not_shown(item: str) -> None:
    with pytest.raises(ValueError, match="Item 2 of API_KEY_HASHES is not a SHA-256") as caught:
        read_settings({"API_KEY_HASHES": f"{'b' * 64},{item}"})
    assert item not in str(caught.value)


def test_two_keys_with_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two keys named 'a'"):
        read_settings({"API_KEY_HASHES": f"a:{'a' * 64},a:{'b' * 64}"})


def test_buckets_are_read_as_a_list() -> None:
    settings = read_settings({"SOURCE_BUCKETS": "documents, reports-2026,"})
    assert settings.source_buckets == ("documents", "reports-2026")


def test_origins_are_read_as_a_list() -> None:
    settings = read_settings({"CORS_ALLOW_ORIGINS": "https://a.example, https://b.example,"})
    assert settings.cors_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize("value", [",", " ", " , ,"])
def test_origins_without_an_origin_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"CORS_ALLOW_ORIGINS is .* has no origin"):
        read_settings({"CORS_ALLOW_ORIGINS": value})


@pytest.mark.parametrize(
    "origin", ["https://a.example/", "https://a.example/path", "a.example", "https://", "null"]
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match=r"CORS_ALLOW_ORIGINS has .*a scheme and a host"):
        read_settings({"CORS_ALLOW_ORIGINS": f"https://b.example,{origin}"})


def test_origins_are_what_browsers_send() -> None:
    value = "*,http://localhost:3000,https://A.example,http://[::1]:80,tauri://localhost"
    origins = read_settings({"CORS_ALLOW_ORIGINS": value}).cors_origins
    assert origins == tuple(value.lower().split(","))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("", "/"),
        ("/", "/"),
        ("prod", "/prod"),
        ("/prod/", "/prod"),
        ("/a/b", "/a/b"),
        ("a/b/", "/a/b"),
    ],
)
def test_a_base_path_is_read_in_any_of_its_forms(value: str, path: str) -> None:
    assert read_settings({"API_BASE_PATH": value}).base_path == path


def test_dimensions_over_the_limit_can_be_capped() -> None:
    assert read_settings({"DIMENSIONS_OVER_LIMIT": "CAP"}).cap_dimensions
    assert not read_settings({"DIMENSIONS_OVER_LIMIT": "refuse"}).cap_dimensions


def test_the_format_of_the_log_is_read() -> None:
    assert read_settings({}).log_format is None
    assert read_settings({"LOG_FORMAT": "TEXT"}).log_format == "text"
    assert read_settings({"LOG_FORMAT": "json"}).log_format == "json"


def test_on_lambda_the_log_is_json() -> None:
    function = {"AWS_LAMBDA_FUNCTION_NAME": "f"}
    assert read_settings({**function, "LOG_FORMAT": "json"}).log_format == "json"
    with pytest.raises(ValueError, match="LOG_FORMAT is 'text'; on Lambda it can be json only"):
        read_settings({**function, "LOG_FORMAT": "text"})


def test_the_precision_is_read() -> None:
    assert read_settings({}).precision is None
    assert read_settings({"PRECISION": "FP32"}).precision == "fp32"
