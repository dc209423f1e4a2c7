"""Settings come from the environment; a wrong value is refused with its name and what it can be."""

from __future__ import annotations

import pytest

from handler.settings import Settings, read_settings

LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "embeddings"}


def test_an_empty_environment_gives_the_defaults() -> None:
    assert read_settings({}) == Settings()


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
        ("ACCEPT_ANY_MODEL", "no", "true or false"),
        ("TRUNCATE", "middle", "END, START or NONE"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is '{value}'; it can be .*{words}"):
        read_settings({name: value})


def test_keys_are_read_as_hashes_with_optional_names() -> None:
    a, b = "a" * 64, "0123456789abcdef" * 4
    settings = read_settings({"API_KEY_HASHES": f"alice:{a}, {b}"})
    assert settings.key_hashes == {"alice": a, "key-2": b}
    assert read_settings({"API_KEY_HASHES": " "}).key_hashes == {}


@pytest.mark.parametrize(
    "item", ["sk-secret", "A" * 64, "a" * 63, "a b:" + "a" * 64, ":" + "a" * 64]
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
