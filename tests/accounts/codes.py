"""One-time codes as an app shows them (RFC 6238): written anew, so that the app is not allauth."""

import base64
import hashlib
import hmac
import struct
import time


def code_of(secret: str, *, later: int = 0) -> str:
    """What the app shows at this moment, or so many periods later."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
