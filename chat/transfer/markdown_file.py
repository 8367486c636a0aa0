"""A branch as Markdown, for people and their other programs; nothing reads it back."""

import re

from chat.models import ReplyState, Role
from chat.transfer.records import ConversationRecord, MessageRecord

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
_SIGN = re.compile(r"([\\`*_\[\]<>#|&~])")

ENDS = {
    ReplyState.STOPPED: "This answer was stopped.",
    ReplyState.INTERRUPTED: "This answer was interrupted.",
    ReplyState.FAILED: "This answer failed.",
    ReplyState.QUEUED: "This answer is still being written.",
    ReplyState.RUNNING: "This answer is still being written.",
}


def as_markdown(record: ConversationRecord) -> str:
    """The messages as they were written, each below a heading that says whose it is."""
    title = _SIGN.sub(r"\\\1", " ".join(record.title.split()))
    parts = [f"# {title or 'New chat'}", *(part for message in record.messages for part in _parts(message))]
    return "\n\n".join(parts) + "\n"


def _parts(message: MessageRecord) -> list[str]:
    parts = ["## You" if message.role == Role.USER else "## Assistant"]
    if message.text:
        parts.append(_closed(message.text.replace("\r\n", "\n").strip("\n")))
    if message.reply and (end := ENDS.get(ReplyState(message.reply.state))):
        parts.append(f"*{end}*")
    return parts


def _closed(text: str) -> str:
    """With the end of a code block that was cut off, so that it does not swallow what follows."""
    fence = ""
    for found in _FENCE.finditer(text):
        marks, rest = found[1], found[2]
        if not fence:
            fence = "" if marks[0] == "`" and "`" in rest else marks
        elif marks[0] == fence[0] and len(marks) >= len(fence) and not rest.strip():
            fence = ""
    return f"{text}\n{fence}" if fence else text
