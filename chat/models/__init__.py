"""The nouns: rows, and what one row can do."""

from chat.models.api_key import KEY_NAME_CHARACTERS, MOST_KEY_DAYS, MOST_KEYS, ApiKey
from chat.models.audit_entry import COMMAND_LINE, SITE, Action, AuditEntry
from chat.models.away import DATABASE_AWAY
from chat.models.budget import Budget, Period, Unit
from chat.models.budget_request import ANSWER_CHARACTERS, REASON_CHARACTERS, BudgetRequest, RequestState
from chat.models.call import Call, CallStatus, Source, UsageSource
from chat.models.call_detail import CallDetail
from chat.models.chosen import Chosen
from chat.models.conversation import TITLE_CHARACTERS, Conversation
from chat.models.daily_total import BOUNDS, DURATION_BUCKETS, TTFT_BUCKETS, DailyTotal, bucket_of
from chat.models.folder import FOLDER_NAME_CHARACTERS, MOST_FOLDERS, Folder
from chat.models.invitation import Invitation, InvitationSpent, InvitedAs
from chat.models.job import Job, JobKind, JobPart, JobState
from chat.models.message import Message, Role
from chat.models.one_at_a_time import many_at_a_time, one_at_a_time
from chat.models.price import Price
from chat.models.reply import MODEL_CHARACTERS, OPEN_STATES, Reply, ReplyState
from chat.models.reply_chunk import ReplyChunk
from chat.models.saved_prompt import (
    MOST_PROMPTS,
    PROMPT_NAME_CHARACTERS,
    BlanksLeft,
    FilledTooLong,
    SavedPrompt,
)
from chat.models.search_words import forget_words
from chat.models.share import Share
from chat.models.spending import Reservation, Spending
from chat.models.user import User
from chat.models.worker import Worker

__all__ = [
    "ANSWER_CHARACTERS",
    "BOUNDS",
    "COMMAND_LINE",
    "DATABASE_AWAY",
    "DURATION_BUCKETS",
    "FOLDER_NAME_CHARACTERS",
    "KEY_NAME_CHARACTERS",
    "MODEL_CHARACTERS",
    "MOST_FOLDERS",
    "MOST_KEYS",
    "MOST_KEY_DAYS",
    "MOST_PROMPTS",
    "OPEN_STATES",
    "PROMPT_NAME_CHARACTERS",
    "REASON_CHARACTERS",
    "SITE",
    "TITLE_CHARACTERS",
    "TTFT_BUCKETS",
    "Action",
    "ApiKey",
    "AuditEntry",
    "BlanksLeft",
    "Budget",
    "BudgetRequest",
    "Call",
    "CallDetail",
    "CallStatus",
    "Chosen",
    "Conversation",
    "DailyTotal",
    "FilledTooLong",
    "Folder",
    "Invitation",
    "InvitationSpent",
    "InvitedAs",
    "Job",
    "JobKind",
    "JobPart",
    "JobState",
    "Message",
    "Period",
    "Price",
    "Reply",
    "ReplyChunk",
    "ReplyState",
    "RequestState",
    "Reservation",
    "Role",
    "SavedPrompt",
    "Share",
    "Source",
    "Spending",
    "Unit",
    "UsageSource",
    "User",
    "Worker",
    "bucket_of",
    "forget_words",
    "many_at_a_time",
    "one_at_a_time",
]
