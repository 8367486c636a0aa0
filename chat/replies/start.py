"""Begin a reply: message, reply and ledger row in one short transaction, then over to the event loop."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from chat.folding import fold
from chat.models import Chosen, Conversation, Message, Reply, Role, User
from chat.replies.begin import begin, model_of, must_have_room, prompt_for, refusals_recorded
from chat.replies.errors import StillWriting
from chat.replies.process import Process, current
from chat.replies.sent_before import edited_before, regenerated_before, sent_before
from chat.replies.titles import title_from


def start(
    user: User,
    text: str,
    *,
    send_id: UUID,
    conversation: Conversation | None = None,
    parent: int | None = None,
    seen: int | None = None,
    chosen: Chosen | None = None,
) -> Reply:
    """Store `text` and have it answered: below the message `parent`, or at the end of the branch through `seen`.

    Without either it follows the branch that was chosen last; without a conversation a new one is made, with
    what was `chosen` for it (or as new ones of the user begin). The same `send_id` again returns the reply that
    it began.
    Raises NotStarted, and ObjectDoesNotExist when a message is of another conversation, or this one was deleted.
    """

    def ask(process: Process) -> Reply:
        if conversation is None:
            return _ask(
                process, user, _new_conversation(user, text, chosen or user.chosen), [], text, send_id
            )
        return _ask(process, user, conversation, _branch(conversation, parent, seen), text, send_id)

    return _once(user, ask, partial(sent_before, user, send_id, text, conversation), conversation)


def edit(user: User, message: Message, text: str, *, send_id: UUID) -> Reply:
    """A version of the user's message `message`, beside it, and its reply; raises as start() does."""
    conversation = message.conversation

    def ask(process: Process) -> Reply:
        branch = conversation.branch(message.parent_id) if message.parent_id else []
        return _ask(process, user, conversation, branch, text, send_id)

    return _once(user, ask, partial(edited_before, user, send_id, text, message), conversation)


def regenerate(user: User, question: Message, *, send_id: UUID) -> Reply:
    """Another reply to the user's message `question`; raises as start() does."""
    conversation = question.conversation

    def answer(process: Process) -> Reply:
        if Reply.objects.open().filter(message__parent=question).exists():
            raise StillWriting
        return _answer(process, user, conversation, conversation.branch(question.pk), send_id)

    return _once(user, answer, partial(regenerated_before, user, send_id, question), conversation)


def _once(
    user: User,
    begin_reply: Callable[[Process], Reply],
    begun_before: Callable[[], Reply | None],
    conversation: Conversation | None,
) -> Reply:
    """One reply a send_id, over all tabs and processes; sends in a conversation take their turns."""
    process = current()
    process.must_admit()
    try:
        with refusals_recorded(user), transaction.atomic():
            if conversation is not None:
                conversation.touch()
            return begun_before() or begin_reply(process)
    except IntegrityError:  # the same send_id in another process, at the same moment
        if earlier := begun_before():
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


def _branch(conversation: Conversation, parent: int | None, seen: int | None) -> list[Message]:
    if parent is not None or seen is None:
        return conversation.branch(parent)
    tree = conversation.tree()
    return conversation.branch(tree.end_below(seen) if seen in tree else seen)


def _ask(
    process: Process, user: User, conversation: Conversation, branch: list[Message], text: str, send_id: UUID
) -> Reply:
    """The question below `branch`, and its reply."""
    if branch and branch[-1].is_assistant and branch[-1].reply.is_open:
        raise StillWriting
    question = Message.objects.create(
        conversation=conversation,
        parent=branch[-1] if branch else None,
        role=Role.USER,
        text=text,
        search_text=fold(text),
    )
    return _answer(process, user, conversation, [*branch, question], send_id)


def _answer(
    process: Process, user: User, conversation: Conversation, branch: list[Message], send_id: UUID
) -> Reply:
    """The empty reply below `branch`, on its way to the event loop."""
    must_have_room(user)
    message = Message.objects.create(conversation=conversation, parent=branch[-1], role=Role.ASSISTANT)
    conversation.choose(message.pk)
    model = model_of(conversation)
    reply = Reply.objects.create(message=message, asker=user, send_id=send_id, model=model)
    begin(process, reply, conversation, prompt_for(conversation, branch))
    return reply
