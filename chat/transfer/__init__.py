"""Export, import, shares and copies: conversations as records, and one file a format."""

from chat.transfer.bring_in import bring_in
from chat.transfer.copies import copy_share, fork
from chat.transfer.export_all import export_all
from chat.transfer.file_names import attachment
from chat.transfer.imports import Import, ImportOpen, begin_import
from chat.transfer.markdown_file import as_markdown
from chat.transfer.own_archive import own_archive
from chat.transfer.parley_json import parse, render
from chat.transfer.read import read_conversation
from chat.transfer.records import ConversationRecord, MessageRecord, ReplyRecord
from chat.transfer.refused import Refused, Unreadable
from chat.transfer.shares import NotShared, share, share_anew
from chat.transfer.snapshots import read_share
from chat.transfer.tally import Tally
from chat.transfer.write import write_conversation

__all__ = [
    "ConversationRecord",
    "Import",
    "ImportOpen",
    "MessageRecord",
    "NotShared",
    "Refused",
    "ReplyRecord",
    "Tally",
    "Unreadable",
    "as_markdown",
    "attachment",
    "begin_import",
    "bring_in",
    "copy_share",
    "export_all",
    "fork",
    "own_archive",
    "parse",
    "read_conversation",
    "read_share",
    "render",
    "share",
    "share_anew",
    "write_conversation",
]
