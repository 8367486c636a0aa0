"""What people may send, and the sentences that refuse it: one module a resource."""

from chat.forms.api_keys import ApiKeyForm, TryForm
from chat.forms.audit import AuditForm
from chat.forms.branches import BranchForm
from chat.forms.budget_requests import AskForm, DeclineForm, GrantForm
from chat.forms.conversations import LeafForm, RenameForm
from chat.forms.first_error import first_error
from chat.forms.folders import FolderForm
from chat.forms.imports import ImportForm
from chat.forms.invitations import InvitationForm
from chat.forms.leave import LeaveForm
from chat.forms.messages import MessageForm, SendIdForm
from chat.forms.prompts import PromptForm
from chat.forms.reports import SORTS, ReportForm
from chat.forms.sends import SendForm
from chat.forms.settings import SettingsForm
from chat.forms.setup import SetupForm
from chat.forms.spans import SpanForm

__all__ = [
    "SORTS",
    "ApiKeyForm",
    "AskForm",
    "AuditForm",
    "BranchForm",
    "DeclineForm",
    "FolderForm",
    "GrantForm",
    "ImportForm",
    "InvitationForm",
    "LeafForm",
    "LeaveForm",
    "MessageForm",
    "PromptForm",
    "RenameForm",
    "ReportForm",
    "SendForm",
    "SendIdForm",
    "SettingsForm",
    "SetupForm",
    "SpanForm",
    "TryForm",
    "first_error",
]
