"""A title that the model suggests, when somebody asks for it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future

from asgiref.sync import sync_to_async
from django.db import transaction

from chat import usage
from chat.folding import fold
from chat.llm import ChatMessage, ChatRequest, ModelError, Parameters
from chat.models import Call, Conversation, Message, Source, User, one_at_a_time
from chat.replies.begin import admitted, model_of, must_be_offered, refusals_recorded
from chat.replies.errand import Errand
from chat.replies.errors import NothingSaid, NoTitle, TitleAsked
from chat.replies.job import limited
from chat.replies.process import current
from chat.replies.titles import title_of

ORDER = (
    "Write a title for the conversation below, of at most six words and in its language. "
    "Answer with the title only."
)
TURNS = 4  # messages that the model is shown
SHOWN = 1000  # characters of each
PARAMETERS = Parameters(max_tokens=24, temperature=0.2)
SECONDS = 30.0


async def suggest_title(user: User, conversation: Conversation) -> None:
    """Ask the model for a title, and rename `conversation` unless somebody else does meanwhile.

    No database connection is used while the model is waited for; cancelling it stops the request. Raises
    NotStarted and NoTitle. May run in any event loop.
    """
    asking = asyncio.ensure_future(sync_to_async(_ask)(user, conversation))
    try:
        asked = await asyncio.shield(asking)
    except asyncio.CancelledError:
        asking.add_done_callback(_stop)
        raise
    try:
        title = title_of(await asyncio.wrap_future(asked))
    except ModelError as error:
        raise NoTitle(error.sentence) from error
    if not title:
        raise NoTitle
    unchanged = Conversation.objects.visible_to(user).filter(pk=conversation.pk, title=conversation.title)
    await sync_to_async(unchanged.update)(title=title, search_title=fold(title))


def _stop(asking: "asyncio.Future[Future[str]]") -> None:
    """Who asked went away before the request was known here."""
    if not asking.cancelled() and not asking.exception():
        asking.result().cancel()


def _ask(user: User, conversation: Conversation) -> "Future[str]":
    """Open the ledger row, then let the event loop ask."""
    process = current()
    process.must_admit()
    said = [message for message in conversation.branch() if message.text.strip()][:TURNS]
    if not said:
        raise NothingSaid
    must_be_offered(conversation)
    request = ChatRequest(model_of(conversation), _prompt(said), PARAMETERS, stream=False)
    admission = usage.Admission.of(
        user,
        source=Source.TITLE,
        model=request.model,
        prompt_characters=sum(len(message.content) for message in request.messages),
        max_tokens=PARAMETERS.max_tokens or 0,
        worker=process.worker,
        conversation_id=conversation.pk,
    )
    with refusals_recorded(user), transaction.atomic():
        one_at_a_time(f"titles of user {user.pk}")
        if Call.objects.running().filter(source=Source.TITLE, user=user.pk).exists():
            raise TitleAsked
        call = admitted(admission)
    asked = limited(request, call.max_tokens)
    return process.errands.run(
        Errand(call_id=call.pk, request_id=call.request_id, request=asked, seconds=SECONDS)
    )


def _prompt(said: Sequence[Message]) -> tuple[ChatMessage, ...]:
    """One message of the user's, since not every model takes others."""
    turns = [f"{message.get_role_display()}: {message.text[:SHOWN]}" for message in said]
    return (ChatMessage("user", "\n\n".join([ORDER, *turns])),)
