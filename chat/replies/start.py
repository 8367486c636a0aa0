"""Begin a reply: message, reply and ledger row in one short transaction, then over to the event loop."""

from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from chat import usage
from chat.llm import ChatRequest, Parameters
from chat.models import Conversation, Message, Reply, Role, User
from chat.replies.errors import SendIdReused, StillWriting
from chat.replies.job import Job
from chat.replies.process import Process, current
from chat.replies.prompt import build_prompt
from chat.replies.titles import title_from


def start(
    user: User,
    text: str,
    *,
    send_id: UUID,
    conversation: Conversation | None = None,
    parent: int | None = None,
) -> Reply:
    """Store `text` below the message `parent` (default: the newest), and have it answered.

    Without a conversation a new one is made. The same `send_id` again returns the reply that it began.
    Raises NotStarted, and Message.DoesNotExist when `parent` is of another conversation.
    """
    process = current()
    process.must_admit()
    try:
        with transaction.atomic():
            if earlier := _sent_before(user, send_id, text=text):
                return earlier
            if conversation is None:
                conversation = Conversation.objects.create(owner=user, title=title_from(text))
                branch = []
            else:
                branch = conversation.branch(parent)
                conversation.touch()
            if branch and branch[-1].is_assistant and branch[-1].reply.is_open:
                raise StillWriting
            question = Message.objects.create(
                conversation=conversation, parent=branch[-1] if branch else None, role=Role.USER, text=text
            )
            return _answer(process, user, conversation, [*branch, question], send_id)
    except IntegrityError:  # the same send_id in another process, at the same moment
        if earlier := _sent_before(user, send_id, text=text):
            return earlier
        raise


def regenerate(user: User, question: Message, *, send_id: UUID) -> Reply:
    """Another reply to the user's message `question`; raises NotStarted."""
    process = current()
    process.must_admit()
    conversation = question.conversation
    try:
        with transaction.atomic():
            if earlier := _sent_before(user, send_id, question=question):
                return earlier
            if Reply.objects.open().filter(message__parent=question).exists():
                raise StillWriting
            conversation.touch()
            return _answer(process, user, conversation, conversation.branch(question.pk), send_id)
    except IntegrityError:
        if earlier := _sent_before(user, send_id, question=question):
            return earlier
        raise


def _sent_before(
    user: User, send_id: UUID, *, text: str | None = None, question: Message | None = None
) -> Reply | None:
    """The reply that this `send_id` began; raises SendIdReused when that was something else."""
    reply = (
        Reply.objects.filter(asker=user, send_id=send_id)
        .select_related("message__parent", "message__conversation")
        .first()
    )
    if reply is None:
        return None
    asked = reply.message.parent
    if asked is None or (text is not None and asked.text != text) or (question and asked != question):
        raise SendIdReused(reply)
    return reply


def _answer(
    process: Process, user: User, conversation: Conversation, branch: list[Message], send_id: UUID
) -> Reply:
    """The empty reply, its ledger row, and the promise to hand both over once they are committed."""
    model = conversation.model or settings.MODEL_ID
    max_tokens = settings.MAX_TOKENS
    prompt = build_prompt(branch, window=max(settings.CONTEXT_TOKENS - max_tokens, 256))
    message = Message.objects.create(conversation=conversation, parent=branch[-1], role=Role.ASSISTANT)
    reply = Reply.objects.create(message=message, asker=user, send_id=send_id, model=model)
    admission = usage.Admission.for_reply(
        user,
        model=model,
        prompt_characters=prompt.characters,
        max_tokens=max_tokens,
        worker=process.worker,
        conversation_id=conversation.pk,
        reply_id=reply.pk,
    )
    call = usage.admit(admission)
    job = Job(
        reply_id=reply.pk,
        message_id=message.pk,
        call_id=call.pk,
        request_id=call.request_id,
        admission=admission,
        request=ChatRequest(model, prompt.messages, Parameters(max_tokens=max_tokens)),
    )
    transaction.on_commit(lambda: process.hand_over(job))
    return reply
