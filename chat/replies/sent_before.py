"""The reply that a send_id began already, if it began one; SendIdReused when that was for something else."""

from uuid import UUID

from chat.models import Conversation, Message, Reply, User
from chat.replies.errors import SendIdReused


def sent_before(user: User, send_id: UUID, text: str, conversation: Conversation | None) -> Reply | None:
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


def edited_before(user: User, send_id: UUID, text: str, message: Message) -> Reply | None:
    reply = sent_before(user, send_id, text, message.conversation)
    if reply is not None and (
        reply.message.parent is None or reply.message.parent.parent_id != message.parent_id
    ):
        raise SendIdReused(reply)
    return reply


def regenerated_before(user: User, send_id: UUID, question: Message) -> Reply | None:
    reply = _begun_by(user, send_id)
    if reply is not None and reply.message.parent != question:
        raise SendIdReused(reply)
    return reply


def _begun_by(user: User, send_id: UUID) -> Reply | None:
    sent = Reply.objects.filter(asker=user, send_id=send_id)
    return sent.select_related("message__parent", "message__conversation").first()
