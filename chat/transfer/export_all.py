"""All conversations of a user as one file, made a conversation at a time so that memory stays flat."""

from collections.abc import Iterator

import orjson

from chat.models import Conversation, User
from chat.transfer.parley_json import render
from chat.transfer.read import read_conversation


def export_all(user: User) -> Iterator[bytes]:
    """`{"parley": 1, "conversations": [ … ]}` in pieces, oldest first, without what is deleted meanwhile."""
    own = Conversation.objects.visible_to(user)
    yield b'{"parley": 1, "conversations": ['
    before = b"\n"
    for pk in list(own.order_by("pk").values_list("pk", flat=True)):
        conversation = own.select_related("folder").filter(pk=pk).first()
        if conversation is not None:
            yield before + orjson.dumps(render(read_conversation(conversation)))
            before = b",\n"
    yield b"\n]}\n"
