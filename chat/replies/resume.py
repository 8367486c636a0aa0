"""Continue a reply that was cut: the next text is appended to the same message, by a ledger row of its own."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from chat.llm import ChatMessage
from chat.models import Message, Reply, ReplyChunk, User
from chat.replies.begin import begin, last_exact, must_have_room, refusals_recorded, room
from chat.replies.errors import NotCut, StillWriting, TooLongToContinue
from chat.replies.process import current
from chat.replies.prompt import Prompt, build_prompt

# Mistral's `prefix` would say it better, but AI/ML API does not list it.
GO_ON = "Your answer was cut off. Continue it exactly where it stopped, without repeating or introducing anything."


def resume(user: User, reply: Reply, *, send_id: UUID) -> None:
    """Reopen an interrupted, stopped or `length` reply; the same `send_id` again changes nothing.

    Raises NotStarted, and ObjectDoesNotExist when the conversation was deleted meanwhile.
    """
    process = current()
    process.must_admit()
    message = reply.message
    with refusals_recorded(user), transaction.atomic():
        message.conversation.touch()
        reply = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
        if reply.continue_id == send_id:
            return
        if reply.is_open:
            raise StillWriting
        if Message.objects.filter(parent=message).exists():
            raise NotCut  # the conversation went on below it, in another tab
        must_have_room(user)
        begun = Message.objects.get(pk=message.pk).text
        if not begun or not Reply.objects.all().reopen(reply.pk, send_id, begun_with=len(begun)):
            raise NotCut
        prompt = _prompt(message, begun)
        # All text of an open reply stands in its chunks.
        ReplyChunk.objects.all().append([(reply.pk, 0, begun)])
        Message.objects.filter(pk=message.pk).update(text="", search_text="", html="", html_version=0)
        begin(process, reply, message.conversation, prompt, begun)


def _prompt(message: Message, begun: str) -> Prompt:
    """The conversation up to the cut, the newest turns first to be kept, and the order to go on.

    Raises TooLongToContinue when what was begun takes more than half of the room.
    """
    conversation = message.conversation
    *branch, cut = conversation.branch(message.pk)
    exact = last_exact(conversation, [*branch, cut])
    most = room(conversation, exact)
    if len(begun) > most // 2:
        raise TooLongToContinue
    asked = build_prompt(branch, room=most - len(begun), system=conversation.system)
    turns = (ChatMessage("assistant", begun), ChatMessage("user", GO_ON))
    return replace(asked, messages=(*asked.messages, *turns), exact=exact)
