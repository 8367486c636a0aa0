"""What a person finds: messages with a snippet, and conversations by their titles."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from chat.folding import MOST_CHARACTERS
from chat.models import Conversation, Message, User
from chat.search.matching import having, newest
from chat.search.place import TEXT, TITLE, TITLE_OF_MESSAGE
from chat.search.query import Query
from chat.search.snippet import marked, snippet

PAGE = 20
TITLES = 5  # above the messages
TITLES_ALONE = 50
LOOKED_INTO = (
    MOST_CHARACTERS + 1000
)  # of a text: what is searched, and a snippet beyond it; imports bring 16 MB in one


@dataclass(frozen=True)
class Found:
    message: Message
    snippet: SafeString


@dataclass(frozen=True)
class Titled:
    conversation: Conversation
    title: SafeString


def messages(user: User, query: Query, *, below: int | None = None) -> tuple[list[Found], int | None]:
    """The newest ones, and the message below which the next page begins, if there is one."""
    if not query.asks_messages:
        return [], None
    rows: QuerySet[Message] = Message.objects.visible_to(user)
    rows = rows.filter(conversation__archived=query.in_archive)
    if query.before:
        rows = rows.filter(created_at__lt=query.before)
    if query.after:
        rows = rows.filter(created_at__gte=query.after)
    rows = having(rows, TITLE_OF_MESSAGE, query.title, owner=user.pk)
    rows = having(rows, TEXT, query.terms, without=query.without, owner=user.pk)
    rows = rows.select_related("conversation").defer("text", "html", "conversation__search_title")
    rows = rows.annotate(beginning=Left("text", LOOKED_INTO))
    found = newest(rows, PAGE + 1, below=below)
    page = [Found(row, snippet(row.beginning, row.search_text, query.terms)) for row in found[:PAGE]]  # type: ignore[attr-defined]
    return page, page[-1].message.pk if len(found) > PAGE else None


def conversations(user: User, query: Query) -> tuple[list[Titled], bool]:
    """The newest ones whose titles have it, and whether there are more."""
    if not query.asks_conversations:
        return [], False
    most = TITLES if query.asks_messages else TITLES_ALONE
    terms = query.terms + query.title
    rows: QuerySet[Conversation] = Conversation.objects.visible_to(user)
    rows = rows.filter(archived=query.in_archive)
    rows = having(rows, TITLE, terms, without=query.without, owner=user.pk)
    found = newest(rows, most + 1)
    page = [Titled(row, marked(row.title, row.search_title, terms)) for row in found[:most]]
    return page, len(found) > most
