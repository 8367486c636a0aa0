"""What was said in a conversation, as rows: for tests in which no process has to say it."""

from typing import Any
from uuid import uuid4

from chat.folding import fold
from chat.models import Conversation, Message, Reply


def asked(conversation: Conversation, text: str, *, below: Message | None = None) -> Message:
    """A message of its owner's, below another or as a first one."""
    return Message.objects.create(
        conversation=conversation, parent=below, role="user", text=text, search_text=fold(text)
    )


def answered(question: Message, text: str, *, state: str = "done", **reply: Any) -> Message:
    """One more answer to `question`; `reply` are fields of its Reply."""
    said = Message.objects.create(
        conversation=question.conversation,
        parent=question,
        role="assistant",
        text=text,
        search_text=fold(text),
    )
    Reply.objects.create(
        message=said,
        asker=question.conversation.owner,
        send_id=uuid4(),
        state=state,
        **{"model": "m", **reply},
    )
    return said
