"""Messages to a queue of SQS, ten in a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from handler.aws.client import AwsClient

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MESSAGES_PER_REQUEST = 10  # SQS's limit


def send_messages(
    sqs: AwsClient, queue_url: str, bodies: Sequence[str], *, deadline: float | None = None
) -> None:
    """Send a message for each body. Raises as `AwsClient.attempt` does; some may be sent then."""
    for start in range(0, len(bodies), MESSAGES_PER_REQUEST):
        _send_batch(sqs, queue_url, bodies[start : start + MESSAGES_PER_REQUEST], deadline)


def _send_batch(
    sqs: AwsClient, queue_url: str, bodies: Sequence[str], deadline: float | None
) -> None:
    entries: list[SendMessageBatchRequestEntryTypeDef] = [
        {"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)
    ]

    def send(client: SQSClient) -> None:
        # Only the failed messages are sent again.
        answer = client.send_message_batch(QueueUrl=queue_url, Entries=entries)
        failed = {one["Id"]: one for one in answer.get("Failed", [])}
        entries[:] = [entry for entry in entries if entry["Id"] in failed]
        for one in failed.values():
            status = 400 if one["SenderFault"] else 500
            about: Any = {"Error": one, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(about, "SendMessageBatch")

    sqs.attempt("send_message_batch", send, deadline=deadline)
