"""A title as the name of a file that every system takes, and the header that offers it (RFC 6266)."""

import re
import unicodedata
from urllib.parse import quote

MOST_BYTES = 120  # in UTF-8; systems take 255, and browsers add their own

# What a path, Windows or a reader could take for something else: separators, controls, marks of direction.
_STRANGE = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff%]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
NAMELESS = "conversation"


def file_name(title: str, extension: str) -> str:
    """Such as `Plans for 2027.md`: no path, no hidden file, nothing that turns its letters around."""
    name = _STRANGE.sub(" ", unicodedata.normalize("NFC", title[:1000]))
    name = " ".join(name.split()).strip(". ")
    name = name.encode("utf-8", "ignore")[:MOST_BYTES].decode("utf-8", "ignore").strip(". ")
    if not name or _RESERVED.match(name):
        name = f"{NAMELESS} {name}".strip()
    return f"{name}.{extension}"


def attachment(title: str, extension: str) -> str:
    """The Content-Disposition: the name itself, and one in ASCII for clients that know no other."""
    name = file_name(title, extension)
    plain = file_name(
        unicodedata.normalize("NFKD", title[:1000]).encode("ascii", "ignore").decode(), extension
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
