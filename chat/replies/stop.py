"""Stop a reply, from any tab."""

from django.db import transaction

from chat.models import Conversation, Reply
from chat.replies.errors import ShuttingDown
from chat.replies.process import current
from chat.replies.waking import announce


def stop(reply: Reply) -> None:
    """Leave the wish in the database, where any owner finds it, and end the reply at once if it runs here.

    Inside a transaction it is ended when that commits. Stopping twice, or after the end, changes nothing.
    """
    with transaction.atomic():
        if Reply.objects.filter(pk=reply.pk).ask_to_stop():
            announce()
            transaction.on_commit(lambda: _stop_here(reply.pk))


def stop_all(conversation: Conversation) -> None:
    """Stop what runs in a conversation that is being deleted."""
    running = Reply.objects.open().filter(message__conversation=conversation)
    for reply in running:
        stop(reply)


def _stop_here(reply_id: int) -> None:
    try:
        current().stop(reply_id)
    except ShuttingDown:  # no replies run in this process; the owner reads the wish
        return
