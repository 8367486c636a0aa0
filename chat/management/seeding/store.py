"""From a plan to rows: slice by slice, each in one short transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import markdown
from chat.folding import fold
from chat.management.seeding import ledger
from chat.management.seeding.calls import answered_by, api_calls, reply_call
from chat.management.seeding.plan import Plan
from chat.management.seeding.talk import Talk, Turn, talks
from chat.models import Call, Conversation, Message, Reply, ReplyState, Role, User
from chat.replies.titles import title_from


@dataclass
class Made:
    """How many rows."""

    conversations: int = 0
    messages: int = 0
    calls: int = 0


def seed(user: User, plan: Plan) -> Made:
    """The same words for the same `plan.seed`; what must be unique is always new, so that it can be repeated."""
    words = plan.words()
    made = Made()
    for span in plan.slices(timezone.now()):
        invented = list(talks(plan, span, words))
        calls = api_calls(user, span, words)
        with transaction.atomic():
            calls += _store(user, invented)
            ledger.store(sorted(calls, key=lambda call: call.opened_at))
        made.conversations += len(invented)
        made.messages += sum(len(talk.turns) for talk in invented)
        made.calls += len(calls)
    return made


def _store(user: User, invented: Sequence[Talk]) -> list[Call]:
    """Conversations with their messages and replies; the ledger rows of these, not yet stored."""
    homes = Conversation.objects.bulk_create([_conversation(user, talk) for talk in invented])
    newest: dict[int, Message] = {}
    characters = dict.fromkeys((home.pk for home in homes), 0)
    calls = []
    # All first messages, then all second ones: whatever is a parent has its number before its children are made.
    for depth in range(max((len(talk.turns) for talk in invented), default=0)):
        deep = [(home, talk) for home, talk in zip(homes, invented, strict=True) if depth < len(talk.turns)]
        messages = Message.objects.bulk_create(
            [_message(home, newest.get(home.pk), talk.turns[depth]) for home, talk in deep]
        )
        answers = [message for message in messages if message.is_assistant]
        for reply in Reply.objects.bulk_create(
            [_reply(user, message, newest[message.conversation_id]) for message in answers]
        ):
            calls.append(reply_call(reply, prompt=characters[reply.message.conversation_id]))
        for message in messages:
            newest[message.conversation_id] = message
            characters[message.conversation_id] += len(message.text)
    return calls


def _conversation(user: User, talk: Talk) -> Conversation:
    title = title_from(talk.turns[0].text)
    return Conversation(
        owner=user,
        title=title,
        search_title=fold(title),
        created_at=talk.turns[0].at,
        updated_at=talk.turns[-1].at,
    )


def _message(home: Conversation, parent: Message | None, turn: Turn) -> Message:
    message = Message(
        conversation=home,
        parent=parent,
        role=turn.role,
        text=turn.text,
        search_text=fold(turn.text),
        created_at=turn.at,
    )
    if turn.role == Role.ASSISTANT:
        message.html, message.html_version = markdown.render(turn.text), markdown.RENDERER_VERSION
    return message


def _reply(user: User, message: Message, asked: Message) -> Reply:
    return Reply(
        message=message,
        asker=user,
        send_id=uuid4(),
        state=ReplyState.DONE,
        model=settings.MODEL_ID,
        model_answered=answered_by(),
        finish_reason="stop",
        seen=True,
        created_at=asked.created_at,
        ended_at=message.created_at,
    )
