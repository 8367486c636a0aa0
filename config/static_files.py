"""WhiteNoise's files over ASGI: collected, compressed and hashed beforehand, cached for ever by browsers."""

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HASHED = r"^.+\.[0-9a-f]{12}\..+$"  # as ManifestStaticFilesStorage names them


class StaticFiles:
    """Answers what lies below `url`; everything it has was read from `root` at the start."""

    def __init__(self, root: Path, url: str) -> None:
        self._url = url
        self._files = WhiteNoise(
            None, root=str(root) if root.is_dir() else None, prefix=url, immutable_file_test=HASHED
        ).files

    async def answer(self, scope: MutableMapping[str, Any], send: Send) -> bool:
        """Send the file that is asked for; False when there is none, so that Django says so."""
        file = self._files.get(scope["path"]) if scope["path"].startswith(self._url) else None
        if file is None or scope["method"] not in {"GET", "HEAD"}:
            return False
        environ = {
            f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
        }
        response = file.get_response(scope["method"], environ)
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
        ]
        headers.append((b"x-content-type-options", b"nosniff"))
        await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
        body = b""
        if response.file is not None:
            with response.file as opened:  # a few KB each, from the page cache
                body = opened.read()
        await send({"type": "http.response.body", "body": body})
        return True
