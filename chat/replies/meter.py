"""How much of the model's window the shown branch takes, what sending it costs, and where it is cut."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from chat import usage
from chat.llm import ChatRequest
from chat.models import Conversation, Message, Role
from chat.replies.begin import model_of, prompt_for, request_of, window
from chat.replies.prompt import Prompt

NEXT = "Your next message"  # stands in for what is not written yet


@dataclass(frozen=True, kw_only=True)
class Meter:
    """Of the next send, without the message that is still to be written; tokens."""

    leaf: int  # the branch's last message
    used: int
    window: int  # what a prompt may take, beside the answer
    whole: int  # what the model takes at once, the answer included
    is_exact: bool  # counted by the provider; otherwise estimated, at least in part
    cost_nano_usd: int | None  # None: no price is known
    first: int | None  # the oldest message that is still sent; None: all are, or none is
    sends_none: bool  # not even the newest turn fits

    @property
    def answer(self) -> int:
        """What is kept free for it."""
        return self.whole - self.window


def meter(conversation: Conversation, branch: Sequence[Message]) -> Meter | None:
    """None for a branch without messages."""
    if not branch:
        return None
    prompt, model = _next_prompt(conversation, branch), model_of(conversation)
    exact = prompt.exact
    characters = prompt.characters - len(NEXT)
    used = usage.estimate_prompt(model, characters, exact)
    return Meter(
        leaf=branch[-1].pk,
        used=used,
        window=window(conversation),
        whole=settings.CONTEXT_TOKENS,
        is_exact=exact is not None and exact.characters == characters,
        cost_nano_usd=usage.prompt_cost(model, used),
        first=prompt.first,
        sends_none=prompt.left_out > 0 and prompt.first is None,
    )


def next_request(conversation: Conversation, branch: Sequence[Message]) -> ChatRequest:
    """What the next send below `branch` carries, with NEXT in place of its message."""
    return request_of(conversation, _next_prompt(conversation, branch))


def request_for(question: Message) -> ChatRequest:
    """What is sent to have the user's message `question` answered."""
    conversation = question.conversation
    return request_of(conversation, prompt_for(conversation, conversation.branch(question.pk)))


def _next_prompt(conversation: Conversation, branch: Sequence[Message]) -> Prompt:
    return prompt_for(conversation, [*branch, Message(role=Role.USER, text=NEXT)])
