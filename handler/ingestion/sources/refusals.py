"""Why S3 will not give an object: for good, or until the operator or S3 has done something.

For good means: until the object, its key or its bucket is changed. Such a document has failed, and
to ask thirty times would not help. Reads answers only; `s3` asks.
(docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)
"""

from __future__ import annotations

import re
from typing import Literal

from botocore.exceptions import ClientError

from handler.errors import DocumentRejected, ServiceUnavailable

# gone: there is no such object, or it has other content now. denied: either this object is, or all
# are. passing: another try may succeed, by itself or once the operator has done something.
Verdict = Literal["gone", "for good", "denied", "passing"]

GONE = frozenset(["404", "NoSuchKey", "412", "PreconditionFailed"])
DENIED = frozenset(["403", "AccessDenied", "AccessDeniedException", "Forbidden"])

# Of the credentials, the account or the moment; no object is to blame. (`aws.client` knows more.)
PASSING = frozenset(
    [
        *("AccountProblem", "AllAccessDisabled", "InvalidPayer", "InvalidSecurity", "InvalidToken"),
        *("NotSignedUp", "TokenRefreshRequired"),
        *("409", "ConditionalRequestConflict", "OperationAborted"),
        *("307", "Redirect", "TemporaryRedirect", "425"),
    ]
)
# Of KMS: these pass by themselves. With or without the prefix, S3 passes on what KMS says.
KMS_PASSING = re.compile("throttl|internal|timeout|unavailable|limitexceeded", re.IGNORECASE)
# In the message of an AccessDenied: the role itself lacks the permission, for every object.
# (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html)
OF_THE_ROLE = (
    "identity-based policy",
    "permissions boundary",
    "service control policy",
    "session policy",
)
AGAIN = "Then write it again, or run the backfill."
REASONS = {
    "InvalidObjectState": "The object is archived (Glacier). Restore it, and write it again.",
    **dict.fromkeys(
        ["301", "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraint"],
        "The bucket is in another region than the one that the function calls, so S3 does not give "
        "the object. Ingest it from a function in the bucket's region.",
    ),
}


def verdict(error: ClientError | ServiceUnavailable) -> Verdict:
    """What a refused GET of an object means. The second error is `AwsClient`'s for the first."""
    refused = refusal_in(error)
    if refused is None:
        return "passing"
    code = code_of(refused)
    if code in GONE:
        return "gone"
    if refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return "passing"
    if _is_of_kms(refused):
        return "passing" if KMS_PASSING.search(code) else "for good"
    if code in DENIED:
        message = _message(refused)
        return "passing" if any(words in message for words in OF_THE_ROLE) else "denied"
    if isinstance(error, ServiceUnavailable) or code in PASSING:
        return "passing"
    return "for good"


def refusal_in(error: ClientError | ServiceUnavailable) -> ClientError | None:
    """S3's own answer; None if it gave none."""
    answer = error if isinstance(error, ClientError) else error.__cause__
    return answer if isinstance(answer, ClientError) else None


def code_of(error: ClientError) -> str:
    """S3's code; the status if the answer has no body, as to a HEAD."""
    return str(error.response.get("Error", {}).get("Code", ""))


def rejection(error: ClientError) -> DocumentRejected:
    """The failure of the document that S3 refuses so."""
    return DocumentRejected("invalid_file", _reason(error))


def _reason(error: ClientError) -> str:
    code = re.sub("[^A-Za-z0-9._-]", "?", code_of(error))[:80]
    if known := REASONS.get(code):
        return known
    if _is_of_kms(error):
        return (
            f"S3 cannot decrypt the object: it answers {code}. Check the KMS key that encrypts it, "
            f"and that the role may use it. {AGAIN}"
        )
    if code in DENIED:
        return (
            f"The role may not read this object (S3 answers {code}), though it may list its "
            "bucket: the bucket's policy, the object's ACL or its KMS key forbids it. Allow it. "
            f"{AGAIN}"
        )
    if "encrypt" in _message(error).lower():
        return (
            "The object is encrypted with a key that only its owner has (SSE-C), and cannot be "
            "read without it. Store it with another encryption."
        )
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
    return (
        f"S3 refuses to give the object: it answers {status} {code}. Write it again to try again."
    )


def _is_of_kms(error: ClientError) -> bool:
    return code_of(error).lower().startswith("kms") or (
        code_of(error) in DENIED and "kms" in _message(error).lower()
    )


def _message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))
