"""Files that people send: the one path whose bodies may be large, and are handed on as they come."""

from collections.abc import MutableMapping
from typing import Any

from django.conf import settings

PATH = "/imports/"
FORM_BYTES = 16 * 1024  # of a multipart form around its file


def may_upload(scope: MutableMapping[str, Any], headers: dict[bytes, bytes]) -> bool:
    """Only of an announced length, and only for somebody with a session: Django puts the body on the disk before
    it knows whose it is."""
    session = f"{settings.SESSION_COOKIE_NAME}=".encode()
    return (
        scope["path"] == PATH
        and scope["method"] == "POST"
        and headers.get(b"content-length", b"").isdigit()
        and session in headers.get(b"cookie", b"")
    )
