"""The status of an upload, which time may change."""

from __future__ import annotations

from handler.errors import InvalidRequest
from handler.stores.catalog import Upload, UploadStatus


def status_of(upload: Upload, *, now: float) -> UploadStatus:
    """The upload's status at `now`, in seconds since 1970."""
    if upload.status == "pending" and upload.expires <= now:
        return "expired"
    return upload.status


def expect_pending(upload: Upload, *, now: float) -> None:
    """Raises InvalidRequest unless the upload can still be completed or cancelled."""
    if (status := status_of(upload, now=now)) != "pending":
        cure = "" if status == "completed" else " Create another one with POST /v1/uploads."
        raise InvalidRequest(
            f"The upload {upload.id} is {status} and can no longer be changed.{cure}",
            param="upload_id",
            code=f"upload_{status}",
        )
