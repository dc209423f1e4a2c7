"""Text in, unit vectors out. This is the whole front door:

    from model_layer import load_encoder

    encoder = load_encoder()
    encoded = encoder.encode(["How do I reset my password?"])
    encoded.vectors       # float32, (1, 384), rows of unit length
    encoded.token_counts  # int, (1,), tokens the model read, specials included
    encoded.truncated     # bool, (1,), whether the text had more

Knows no HTTP and no AWS, and needs no network: it reads only the bundle, which `make model` or
`minilm model` builds.
"""

from model_layer.artifacts import Bundle, read_bundle
from model_layer.chunk_blocks import Outline
from model_layer.chunking import Chunk, Chunker, Window, load_chunker
from model_layer.cl100k import Cl100k, load_cl100k
from model_layer.encoder import CanaryResult, Encoded, Encoder, load_encoder
from model_layer.errors import (
    BundleError,
    Cancelled,
    DeadlineExceeded,
    ModelLayerError,
    TextTooLong,
    TokenIdError,
)
from model_layer.places import PRECISIONS, Precision, bundle_folder
from model_layer.tokenizer import Truncate

__all__ = [
    "PRECISIONS",
    "Bundle",
    "BundleError",
    "CanaryResult",
    "Cancelled",
    "Chunk",
    "Chunker",
    "Cl100k",
    "DeadlineExceeded",
    "Encoded",
    "Encoder",
    "ModelLayerError",
    "Outline",
    "Precision",
    "TextTooLong",
    "TokenIdError",
    "Truncate",
    "Window",
    "bundle_folder",
    "load_chunker",
    "load_cl100k",
    "load_encoder",
    "read_bundle",
]
