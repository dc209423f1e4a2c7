"""langchain-aws's AmazonS3Vectors, on an index that ingestion has filled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from langchain_openai import OpenAIEmbeddings
from pydantic import SecretStr

from handler.ingestion.change import Change
from handler.ingestion.document_encoder import DocumentEncoder
from handler.ingestion.pipeline import Pipeline
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import S3VectorsAddress
from handler.stores import open_store
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder, load_chunker
from tests.clients.wire import KEY, run
from tests.docs.pages import VECTOR_BUCKET, examples
from tests.handler.aws.moto_server import new_index
from tests.handler.documents.samples import pdf
from tests.handler.ingestion.bucket import Bucket, extract
from tests.local_server import Server
from tests.paths import ROOT

QUESTION = "Why did the pump stop?"
# Each is a chunk of its own.
PAGES = (
    "The pump draws water from the tank, and the green lamp is on while it runs. " * 12,
    "If the pump has stopped, error E-2041 means that the tank is empty. Fill it and reset. " * 10,
)


@pytest.fixture(scope="module")
def address(aws: str, encoder: Encoder) -> S3VectorsAddress:
    """An index with a page of the documentation, and a manual with metadata of its own."""
    bucket = Bucket()
    search = (ROOT / "docs" / "search.md").read_bytes()
    bucket.put(search, source="s3://documents/docs/search.md")
    bucket.put(
        pdf(*PAGES),
        source="s3://documents/pump.pdf",
        content_type="application/pdf",
        metadata={"product": "pump", "release": "1.10"},
    )
    address = new_index()
    store = open_store(address, fingerprint=encoder.bundle.fingerprint)
    chunker = load_chunker(encoder.tokenizer, max_tokens=encoder.bundle.max_tokens, overlap=32)
    pipeline = Pipeline(bucket, store, DocumentEncoder(encoder, chunker, extract))
    for source in bucket.objects:
        assert pipeline.reconcile(Change(source)).result == "ingested"
    return address


@pytest.fixture(scope="module")
def vectors(address: S3VectorsAddress, server: Server) -> Iterator[Any]:
    """The store, as the page makes it."""
    with pytest.MonkeyPatch.context() as patch:
        # Its import replaces these for the whole process.
        patch.setattr(boto3, "client", boto3.client)
        patch.setattr(boto3.session.Session, "client", boto3.session.Session.client)
        from langchain_aws.vectorstores import AmazonS3Vectors

        yield AmazonS3Vectors(
            vector_bucket_name=address.bucket,
            index_name=address.index,
            embedding=OpenAIEmbeddings(
                base_url=server.base_url,
                api_key=SecretStr(KEY),
                check_embedding_ctx_length=False,
            ),
            page_content_metadata_key="text",
            create_index_if_not_exist=False,
        )


@pytest.mark.usefixtures("vectors")
def test_the_example_prints_what_its_page_says(address: S3VectorsAddress, server: Server) -> None:
    (example,) = (one for one in examples("python") if one.is_for_s3_vectors)
    placeholders = {
        VECTOR_BUCKET: address.bucket,
        "YOUR-INDEX": address.index,
        "localhost:8444": f"localhost:{server.port}",
    }
    assert example.run(placeholders) == example.printed


def test_a_document_has_the_text_and_the_metadata_of_its_chunk(vectors: Any) -> None:
    best = vectors.similarity_search(QUESTION, k=1)[0]
    assert "E-2041" in best.page_content
    known = {key: best.metadata[key] for key in ("source", "filename", "page", "product")}
    assert known == {
        "source": "s3://documents/pump.pdf",
        "filename": "pump.pdf",
        "page": 2,
        "product": "pump",
    }
    assert vectors.get_by_ids([best.id])[0].page_content == best.page_content


def test_it_finds_what_our_search_by_meaning_finds(
    vectors: Any, address: S3VectorsAddress, encoder: Encoder
) -> None:
    ours = VectorSearch(
        encoder, ConfiguredStorage(address, fingerprint=encoder.bundle.fingerprint), mode="vector"
    )
    request = {"query": QUESTION, "max_num_results": 5}
    page = json.loads(ours.search(None, request, RequestContext("test")).body)
    expected = [(one["content"][0]["text"], one["cosine"]) for one in page["data"]]
    found = vectors.similarity_search_with_relevance_scores(QUESTION, k=5)
    assert [document.page_content for document, _ in found] == [text for text, _ in expected]
    cosines = [cosine for _, cosine in expected]
    assert [score for _, score in found] == pytest.approx(cosines, abs=1e-5)


@pytest.mark.parametrize(
    ("where", "filenames"),
    [
        ({"filename": "search.md"}, {"search.md"}),
        ({"product": "pump"}, {"pump.pdf"}),
        ({"page": {"$gte": 2}}, {"pump.pdf"}),
        ({":release": {"$gt": 1}}, {"pump.pdf"}),
        ({"product": {"$exists": False}}, {"search.md"}),
        (
            {"$or": [{"product": "pump"}, {"content_type": "text/markdown"}]},
            {"search.md", "pump.pdf"},
        ),
        ({"$and": [{"product": "pump"}, {"page": 3}]}, set()),
    ],
)
def test_filters_are_those_of_s3_vectors(
    vectors: Any, where: dict[str, Any], filenames: set[str]
) -> None:
    found = vectors.similarity_search(QUESTION, k=30, filter=where)
    assert {document.metadata["filename"] for document in found} == filenames


def test_it_is_a_retriever_too(vectors: Any) -> None:
    retriever = vectors.as_retriever(search_kwargs={"k": 1, "filter": {"product": "pump"}})
    assert "E-2041" in retriever.invoke(QUESTION)[0].page_content
    assert run(retriever.ainvoke(QUESTION)) == retriever.invoke(QUESTION)


def test_without_the_key_of_the_text_the_content_would_be_empty(vectors: Any) -> None:
    """The page says which arguments are needed, and this is why."""
    plain = type(vectors)(
        vector_bucket_name=vectors.vector_bucket_name,
        index_name=vectors.index_name,
        embedding=vectors.embeddings,
    )
    assert plain.similarity_search(QUESTION, k=1)[0].page_content == ""
