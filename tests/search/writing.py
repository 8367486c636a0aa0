"""Conversations to search, as their writers store them: with the folded text beside the text."""

from typing import Any

from chat.folding import fold
from chat.models import Conversation, Message, User
from chat.search import conversations, messages, parse


def conversation(owner: User, title: str = "Talk", **fields: Any) -> Conversation:
    return Conversation.objects.create(owner=owner, title=title, search_title=fold(title), **fields)


def say(where: Conversation, *texts: str, role: str = "user", **fields: Any) -> list[Message]:
    """One message a text, each below the one before."""
    said: list[Message] = []
    for text in texts:
        parent = said[-1] if said else None
        said.append(
            Message.objects.create(
                conversation=where, parent=parent, role=role, text=text, search_text=fold(text), **fields
            )
        )
    return said


def found(user: User, typed: str) -> list[str]:
    """The texts of the messages that are found, newest first."""
    return [entry.message.text for entry in messages(user, parse(typed))[0]]


def titles(user: User, typed: str) -> list[str]:
    return [entry.conversation.title for entry in conversations(user, parse(typed))[0]]
