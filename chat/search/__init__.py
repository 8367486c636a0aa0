"""Full text search of one's own conversations: what is typed, what is found, and how it is shown."""

from chat.search.find import PAGE, Found, Titled, conversations, messages
from chat.search.query import QUERY_CHARACTERS, Query, parse

__all__ = ["PAGE", "QUERY_CHARACTERS", "Found", "Query", "Titled", "conversations", "messages", "parse"]
