"""What people may send, and the sentences that refuse it: one module a resource."""

from chat.forms.conversations import RenameForm
from chat.forms.imports import ImportForm
from chat.forms.messages import MessageForm, SendIdForm
from chat.forms.setup import SetupForm
from chat.forms.spans import SpanForm

__all__ = ["ImportForm", "MessageForm", "RenameForm", "SendIdForm", "SetupForm", "SpanForm"]
