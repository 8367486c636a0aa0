"""Begin a reply: message, reply and ledger row in one short transaction, then over to the event loop."""

from uuid import UUID

from django.db import IntegrityError, transaction

from chat.folding import fold
from chat.models import Chosen, Conversation, Message, Reply, Role, User
from chat.replies.begin import begin, model_of, must_have_room, prompt_for
from chat.replies.errors import SendIdReused, StillWriting
from chat.replies.process import Process, current
from chat.replies.titles import title_from


def start(
    user: User,
    text: str,
    *,
    send_id: UUID,
    conversation: Conversation | None = None,
    parent: int | None = None,
    chosen: Chosen | None = None,
) -> Reply:
    """Store `text` below the message `parent` (default: the newest), and have it answered.

    Without a conversation a new one is made, with what was `chosen` for it (default: as the user's new ones
    begin). The same `send_id` again returns the reply that it began.
    Raises NotStarted, and ObjectDoesNotExist when `parent` is of another conversation, or this one was deleted.
    """
    process = current()
    process.must_admit()
    try:
        with transaction.atomic():
            if conversation is not None:
                conversation.touch()  # two tabs, and a form that is sent twice, take their turns from here on
            if earlier := _sent_before(user, send_id, text, conversation):
                return earlier
            if conversation is None:
                home, branch = _new_conversation(user, text, chosen or user.chosen), []
            else:
                home, branch = conversation, conversation.branch(parent)
            if branch and branch[-1].is_assistant and branch[-1].reply.is_open:
                raise StillWriting
            question = Message.objects.create(
                conversation=home,
                parent=branch[-1] if branch else None,
                role=Role.USER,
                text=text,
                search_text=fold(text),
            )
            return _answer(process, user, home, [*branch, question], send_id)
    except IntegrityError:  # the same send_id in another process, at the same moment
        if earlier := _sent_before(user, send_id, text, conversation):
            return earlier
        raise


def regenerate(user: User, question: Message, *, send_id: UUID) -> Reply:
    """Another reply to the user's message `question`; raises as start() does."""
    process = current()
    process.must_admit()
    conversation = question.conversation
    try:
        with transaction.atomic():
            conversation.touch()
            if earlier := _regenerated_before(user, send_id, question):
                return earlier
            if Reply.objects.open().filter(message__parent=question).exists():
                raise StillWriting
            return _answer(process, user, conversation, conversation.branch(question.pk), send_id)
    except IntegrityError:
        if earlier := _regenerated_before(user, send_id, question):
            return earlier
        raise


def _new_conversation(user: User, text: str, chosen: Chosen) -> Conversation:
    title = title_from(text)
    return Conversation.objects.create(
        owner=user,
        title=title,
        search_title=fold(title),
        model=chosen.model,
        settings=dict(chosen.settings),
    )


def _sent_before(user: User, send_id: UUID, text: str, conversation: Conversation | None) -> Reply | None:
    """The reply that this `send_id` began; raises SendIdReused when it was for something else."""
    reply = _begun_by(user, send_id)
    if reply is None:
        return None
    asked = reply.message.parent
    elsewhere = (
        reply.message.conversation != conversation if conversation else asked and asked.parent_id is not None
    )
    if asked is None or asked.text != text or elsewhere:
        raise SendIdReused(reply)
    return reply


def _regenerated_before(user: User, send_id: UUID, question: Message) -> Reply | None:
    reply = _begun_by(user, send_id)
    if reply is not None and reply.message.parent != question:
        raise SendIdReused(reply)
    return reply


def _begun_by(user: User, send_id: UUID) -> Reply | None:
    sent = Reply.objects.filter(asker=user, send_id=send_id)
    return sent.select_related("message__parent", "message__conversation").first()


def _answer(
    process: Process, user: User, conversation: Conversation, branch: list[Message], send_id: UUID
) -> Reply:
    """The empty reply below `branch`, on its way to the event loop."""
    must_have_room(user)
    message = Message.objects.create(conversation=conversation, parent=branch[-1], role=Role.ASSISTANT)
    model = model_of(conversation)
    reply = Reply.objects.create(message=message, asker=user, send_id=send_id, model=model)
    begin(process, reply, conversation, prompt_for(conversation, branch))
    return reply
