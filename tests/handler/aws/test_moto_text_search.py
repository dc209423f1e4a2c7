"""The fake of full-text search refuses what S3 Vectors' model does not allow."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError
from moto.s3vectors.exceptions import ValidationError

from handler.settings import S3VectorsAddress
from tests.handler.aws.moto_s3vectors import finish_building, make_classic
from tests.handler.aws.moto_server import new_index
from tests.handler.aws.moto_text_search import TextSearch, check_request, scores

NAMED = {"vectorBucketName": "vectors", "indexName": "documents"}


def texts(*keys: str, text: str = "pump") -> list[dict[str, str]]:
    return [{"metadataKey": key, "text": text} for key in keys]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("QueryVectors", {"queryTexts": texts("text")}),  # no topK
        ("QueryVectors", {"topK": 1, "queryTexts": texts("text"), "textOperator": "AND"}),
        ("QueryVectors", {"topK": 1, "queryTexts": []}),
        ("QueryVectors", {"topK": 1, "queryTexts": [{"text": "pump"}]}),
        ("QueryVectors", {"topK": 1, "queryTexts": texts("text", text="")}),
        ("QueryVectors", {"topK": 1, "queryTexts": texts("text", text="x" * 1_025)}),
        ("QueryVectors", {"topK": 1, "queryTexts": texts("k" * 64)}),
        ("QueryVectors", {"topK": 1, "queryTexts": texts(*"abcdefghijk")}),
        ("QueryVectors", {"topK": 1, "queryTexts": texts("text"), "queryMode": "FAST"}),
        ("UpdateIndexMode", {"indexMode": "enhanced"}),
        ("UpdateIndexMode", {"indexMode": "ENHANCED", "indexArn": "documents"}),
        ("UpdateMetadataConfiguration", {"delete": {"textSearchConfigurations": []}}),
        (
            "UpdateMetadataConfiguration",
            {"add": {"textSearchConfigurations": [{"metadataKey": "text", "language": "tr"}]}},
        ),
    ],
)
def test_requests_that_the_model_does_not_allow_are_refused(
    operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        check_request(operation, json.dumps({**NAMED, **parameters}).encode())


def test_requests_that_the_model_allows_are_accepted() -> None:
    parameters = {"topK": 1, "queryTexts": texts(*"abcdefghij", text="x" * 1_024)}
    check_request("QueryVectors", json.dumps({**NAMED, **parameters}).encode())


@pytest.fixture
def address(aws: str) -> S3VectorsAddress:
    return new_index()


def refused(operation: str, address: S3VectorsAddress, **parameters: Any) -> str:
    """The message of the refusal."""
    client: Any = boto3.client("s3vectors")
    named = {"vectorBucketName": address.bucket, "indexName": address.index}
    with pytest.raises(ClientError, match="ValidationException") as raised:
        getattr(client, operation)(**named, **parameters)
    return str(raised.value.response["Error"]["Message"])


def test_queries_that_the_index_cannot_answer_are_refused(address: S3VectorsAddress) -> None:
    query = {"topK": 1, "queryTexts": texts("text")}
    vector = {"float32": np.eye(1, 384)[0].tolist()}
    assert "own" in refused("query_vectors", address, topK=1, queryTexts=texts("text", "text"))
    assert "not searchable" in refused("query_vectors", address, topK=1, queryTexts=texts("page"))
    assert "ENHANCED" in refused(
        "query_vectors", address, topK=1, queryVector=vector, queryMode="CLASSIC"
    )
    assert "query vector" in refused("query_vectors", address, topK=1)
    make_classic(address)
    assert "ENHANCED" in refused("query_vectors", address, **query)
    add = {"textSearchConfigurations": [{"metadataKey": "more"}]}
    assert "ENHANCED" in refused("update_metadata_configuration", address, add=add)
    assert "CLASSIC" in refused("update_index_mode", address, indexMode="CLASSIC")


def test_a_text_search_that_is_added_is_built_first(address: S3VectorsAddress) -> None:
    client: Any = boto3.client("s3vectors")
    named = {"vectorBucketName": address.bucket, "indexName": address.index}
    vector = {"float32": np.eye(1, 384)[0].tolist()}
    client.put_vectors(**named, vectors=[{"key": "k", "data": vector, "metadata": {"more": "a"}}])
    add = {"textSearchConfigurations": [{"metadataKey": "more", "language": "de"}]}
    client.update_metadata_configuration(**named, add=add)
    assert "BUILDING" in refused("query_vectors", address, topK=1, queryTexts=texts("more"))
    index = client.get_index(**named)["index"]
    assert index["indexMode"] == "ENHANCED"
    added = index["metadataConfiguration"]["textSearchConfigurations"][-1]
    assert added == {"metadataKey": "more", "language": "de", "status": "BUILDING"}
    finish_building(address)
    (found,) = client.query_vectors(**named, topK=1, queryTexts=texts("more", text="A"))["vectors"]
    assert found == {"key": "k"}
    both = {"add": add, "delete": {"textSearchConfigurations": [{"metadataKey": "more"}]}}
    assert "not both" in refused("update_metadata_configuration", address, **both)


def test_scores_are_those_of_bm25() -> None:
    """Lucene's formula, for one word in two of three texts."""
    vectors = [SimpleNamespace(metadata={"text": text}) for text in ("a pump", "pump pump", "b")]
    index = SimpleNamespace(text_searches={"text": TextSearch(None)})
    first, second, third = scores(index, vectors, texts("text", text="PUMP!"))
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    norm = 1.2 * (1 - 0.75 + 0.75 * 2 / (5 / 3))
    assert first == {"text": pytest.approx(rarity / (1 + norm))}
    assert second == {"text": pytest.approx(rarity * 2 / (2 + norm))}
    assert third == {}


def test_a_language_compares_stems() -> None:
    index = SimpleNamespace(text_searches={"text": TextSearch("en"), "terms": TextSearch(None)})
    vectors = [SimpleNamespace(metadata={"text": "Replies", "terms": "Replies"})]
    (found,) = scores(index, vectors, texts("text", "terms", text="reply"))
    assert found.keys() == {"text"}
