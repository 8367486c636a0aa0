"""What a reader of ChatGPT saw of a message: its text, a note for what is no text, or nothing."""

import re
from collections.abc import Mapping
from typing import Any

from chat.transfer.refused import Refused

# content types that ChatGPT keeps to itself
UNSEEN = frozenset(
    ["thoughts", "reasoning_recap", "user_editable_context", "model_editable_context", "execution_output"]
)
NOTES = {
    "image_asset_pointer": "[image]",
    "audio_asset_pointer": "[audio]",
    "real_time_user_audio_video_asset_pointer": "[audio and video]",
    "video_container_asset_pointer": "[video]",
}
_HALVES = re.compile("[\ud800-\udfff]")
_CITATION = re.compile("\ue200[^\ue200\ue201]*+\ue201")  # marks that only ChatGPT's own page can resolve


def text_of(message: Mapping[str, Any], path: str) -> str:
    """Empty for what was not seen: of the system and of tools, to tools, hidden ones, thoughts."""
    content = message["content"]
    about = message.get("metadata")
    hidden = isinstance(about, dict) and about.get("is_visually_hidden_from_conversation") is True
    if message["author"]["role"] not in ("user", "assistant") or hidden:
        return ""
    kind = content.get("content_type")
    if message.get("recipient", "all") not in ("all", None) or (isinstance(kind, str) and kind in UNSEEN):
        return ""
    parts = content.get("parts")
    if parts is None:
        parts = [content.get("text") or content.get("result") or ""]
    if not isinstance(parts, list):
        raise Refused(f"{path}.content.parts", "is not a list")
    texts = [_part(part, f"{path}.content.parts[{place}]") for place, part in enumerate(parts)]
    return clean("\n\n".join(text for text in texts if text)).strip("\n")


def _part(part: object, path: str) -> str:
    if part is None:
        return ""
    if isinstance(part, str):
        return "" if part.isspace() else part
    if not isinstance(part, dict):
        raise Refused(path, "is neither a text nor an object")
    kind, text = part.get("content_type"), part.get("text")
    if isinstance(text, str):
        return text
    return NOTES.get(kind, "[attachment]") if isinstance(kind, str) else "[attachment]"


def clean(text: str) -> str:
    """What every database can store: without NUL, and with U+FFFD for half a character."""
    text = text.replace("\x00", "")
    if text.isascii():
        return text
    return _CITATION.sub("", _HALVES.sub("\ufffd", text))
