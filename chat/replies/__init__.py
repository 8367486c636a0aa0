"""The life of a reply: begun by a form, asked for in the event loop, stored by the scribe, followed."""

from chat.replies.errors import (
    ModelNotOffered,
    NoBudget,
    NotCut,
    NoTitle,
    NotStarted,
    SendIdReused,
    ShuttingDown,
    StillWriting,
    TooManyOpen,
)
from chat.replies.follow import ahead_of, follow, may_follow
from chat.replies.frames import Frame
from chat.replies.meter import NEXT, Meter, meter, next_request, request_for
from chat.replies.process import Process, silent_workers
from chat.replies.resume import resume
from chat.replies.start import edit, regenerate, start
from chat.replies.stop import stop, stop_all
from chat.replies.suggest import suggest_title
from chat.replies.system import longest_answer, longest_system
from chat.replies.watch import Reader

__all__ = [
    "NEXT",
    "Frame",
    "Meter",
    "ModelNotOffered",
    "NoBudget",
    "NoTitle",
    "NotCut",
    "NotStarted",
    "Process",
    "Reader",
    "SendIdReused",
    "ShuttingDown",
    "StillWriting",
    "TooManyOpen",
    "ahead_of",
    "edit",
    "follow",
    "longest_answer",
    "longest_system",
    "may_follow",
    "meter",
    "next_request",
    "regenerate",
    "request_for",
    "resume",
    "silent_workers",
    "start",
    "stop",
    "stop_all",
    "suggest_title",
]
