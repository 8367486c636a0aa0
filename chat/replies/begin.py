"""From rows to the event loop: the ledger row of a reply, and the promise to hand it over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from chat import usage
from chat.llm import ChatRequest
from chat.models import Call, Conversation, Message, Reply, Source, User, one_at_a_time
from chat.replies.errors import ModelNotOffered, NoBudget, TooManyOpen
from chat.replies.job import Job, limited
from chat.replies.process import Process
from chat.replies.prompt import Prompt, build_prompt

LOOKED_AT = 20  # of the newest replies, for a count by the provider


def must_have_room(user: User) -> None:
    """Raises TooManyOpen when as many replies of `user` run and wait as may; needs a transaction."""
    one_at_a_time(f"sends of user {user.pk}")
    if Reply.objects.open().filter(asker=user).count() >= settings.OPEN_REPLIES_A_USER:
        raise TooManyOpen


def model_of(conversation: Conversation) -> str:
    return conversation.chosen.asks_for


def must_be_offered(conversation: Conversation) -> None:
    """Raises ModelNotOffered when its model is none of the site's any more."""
    if conversation.chosen.is_model_gone:
        raise ModelNotOffered(conversation.model)


def window(conversation: Conversation) -> int:
    """Tokens that a prompt may have, beside the answer."""
    return max(settings.CONTEXT_TOKENS - (conversation.parameters.max_tokens or 0), 256)


def room(conversation: Conversation, exact: usage.Exact | None) -> int:
    """Characters that a prompt may have; `exact` is what the provider counted of the conversation."""
    return int(window(conversation) * (exact.characters_a_token if exact else usage.CAUTIOUS))


def last_exact(conversation: Conversation, branch: Sequence[Message]) -> usage.Exact | None:
    """The newest count that the provider gave of this branch, if any."""
    newest = [message.reply.pk for message in branch if message.is_assistant][-LOOKED_AT:]
    return usage.last_exact(model_of(conversation), newest)


def prompt_for(conversation: Conversation, branch: Sequence[Message]) -> Prompt:
    """What is sent for a branch that ends with the user's message."""
    exact = last_exact(conversation, branch)
    prompt = build_prompt(branch, room=room(conversation, exact), system=conversation.system)
    return replace(prompt, exact=exact)


def request_of(conversation: Conversation, prompt: Prompt) -> ChatRequest:
    """What goes out for a prompt, word for word."""
    return ChatRequest(model_of(conversation), prompt.messages, conversation.parameters)


@contextmanager
def refusals_recorded(user: User) -> Iterator[None]:
    """Put it around a transaction: a NoBudget that rolls it back is entered in the audit trail afterwards."""
    try:
        yield
    except NoBudget as reason:
        usage.record_refusal(reason.refusal, user.pk)
        raise


def admitted(admission: usage.Admission) -> Call:
    """The open ledger row. Raises NoBudget."""
    try:
        return usage.admit(admission)
    except usage.OverBudget as refusal:
        raise NoBudget(refusal) from refusal


def begin(
    process: Process, reply: Reply, conversation: Conversation, prompt: Prompt, begun: str = ""
) -> None:
    """Open the ledger row; once it is committed, the event loop asks. `begun` is text that is continued.

    Raises ModelNotOffered and NoBudget before the row is opened.
    """
    must_be_offered(conversation)
    request = request_of(conversation, prompt)
    admission = usage.Admission.of(
        reply.asker,
        source=Source.CHAT,
        model=request.model,
        prompt_characters=prompt.characters,
        max_tokens=request.parameters.max_tokens or settings.MAX_TOKENS,
        worker=process.worker,
        conversation_id=conversation.pk,
        reply_id=reply.pk,
        exact=prompt.exact,
    )
    call = admitted(admission)
    job = Job(
        reply_id=reply.pk,
        call_id=call.pk,
        request_id=call.request_id,
        admission=admission,
        request=limited(request, call.max_tokens),
        begun=begun,
    )
    transaction.on_commit(lambda: process.hand_over(job))
