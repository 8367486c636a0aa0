"""The life of a reply: begun by a form, asked for in the event loop, stored by the scribe, followed."""

from chat.replies.errors import NotStarted, SendIdReused, ShuttingDown, StillWriting
from chat.replies.follow import ahead_of, follow
from chat.replies.frames import Frame
from chat.replies.process import Process
from chat.replies.start import regenerate, start
from chat.replies.stop import stop, stop_all
from chat.replies.watch import Reader

__all__ = [
    "Frame",
    "NotStarted",
    "Process",
    "Reader",
    "SendIdReused",
    "ShuttingDown",
    "StillWriting",
    "ahead_of",
    "follow",
    "regenerate",
    "start",
    "stop",
    "stop_all",
]
