"""The errors of this layer. Knows no HTTP: `handler` turns them into responses.

ModelLayerError
├── BundleError         a file of the bundle is missing, damaged or of another format
├── Cancelled           the caller no longer wants the answer
├── DeadlineExceeded    the time ran out before all texts were encoded
├── TextTooLong         a text has more tokens than the model reads, and must not be cut
└── TokenIdError        a cl100k token id stands for no text
"""

from __future__ import annotations


class ModelLayerError(Exception):
    """The base of this layer's errors. (Wrong argument types raise TypeError.)"""


class BundleError(ModelLayerError):
    """A file of the bundle is missing, damaged or of another format; the message names the cure."""


class Cancelled(ModelLayerError):
    """The caller no longer wants the answer: `is_cancelled` returned True."""


class DeadlineExceeded(ModelLayerError):
    """The time ran out after `texts_done` of `texts` texts, `tokens_done` of `tokens` tokens.

    Repeated texts count once, because they are run once.
    """

    def __init__(self, texts_done: int, texts: int, tokens_done: int, tokens: int) -> None:
        super().__init__(f"The time was up after {tokens_done} of {tokens} tokens.")
        self.texts_done, self.texts = texts_done, texts
        self.tokens_done, self.tokens = tokens_done, tokens


class TextTooLong(ModelLayerError):
    """Text `index` has `tokens` tokens, specials included; the model reads `limit`."""

    def __init__(self, index: int, tokens: int, limit: int) -> None:
        super().__init__(f"Text {index} has {tokens} tokens; the model reads {limit}.")
        self.index, self.tokens, self.limit = index, tokens, limit


class TokenIdError(ModelLayerError):
    """A token id is outside the vocabulary, or is a special token.

    position: in the list, from 0. reason: continues the sentence "Token id N …".
    """

    def __init__(self, position: int, token_id: int, reason: str) -> None:
        super().__init__(f"Token id {token_id} at position {position} {reason}.")
        self.position, self.token_id, self.reason = position, token_id, reason
