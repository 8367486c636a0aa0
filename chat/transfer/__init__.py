"""Export and import: conversations as records, and one file a format."""

from chat.transfer.parley_json import parse, render
from chat.transfer.read import read_conversation
from chat.transfer.records import ConversationRecord, MessageRecord, ReplyRecord
from chat.transfer.refused import Refused
from chat.transfer.write import write_conversation

__all__ = [
    "ConversationRecord",
    "MessageRecord",
    "Refused",
    "ReplyRecord",
    "parse",
    "read_conversation",
    "render",
    "write_conversation",
]
