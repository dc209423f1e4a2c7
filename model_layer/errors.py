"""What can go wrong below HTTP.

ModelLayerError
├── BundleError     a file of the bundle is missing, damaged or of another format
└── TokenIdError    a cl100k token id that stands for no text
"""

from __future__ import annotations


class ModelLayerError(Exception):
    """Everything this layer raises on purpose, wrong argument types aside (TypeError)."""


class BundleError(ModelLayerError):
    """A file of the bundle is missing, damaged or of another format; the message names the cure."""


class TokenIdError(ModelLayerError):
    """A token id is out of the vocabulary's range, or is a special token.

    `position` is its place in the list (from 0), `reason` continues "token id N …".
    """

    def __init__(self, position: int, token_id: int, reason: str) -> None:
        super().__init__(f"Token id {token_id} at position {position} {reason}.")
        self.position, self.token_id, self.reason = position, token_id, reason
