"""A piece of a running reply's text, as one commit of the scribe stored it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import connection, models
from django.db.models import QuerySet

BEHIND = (
    "WITH known (reply_id, length) AS (VALUES {pairs}) "
    "SELECT known.reply_id, reply.state, chunk.start, chunk.text FROM known "
    "LEFT JOIN chat_reply reply ON reply.id = known.reply_id "
    "LEFT JOIN chat_replychunk chunk "
    "ON chunk.reply_id = known.reply_id AND (chunk.start >= known.length "
    "OR (chunk.start = 0 AND length(chunk.text) > known.length)) "
    "ORDER BY known.reply_id, chunk.start"
)


class ReplyChunkQuerySet(QuerySet["ReplyChunk"]):
    def text_of(self, reply_id: int) -> str:
        """All committed text of a running reply."""
        return "".join(self.filter(reply_id=reply_id).order_by("start").values_list("text", flat=True))

    def append(self, chunks: list[tuple[int, int, str]]) -> None:
        """Store (reply, start, text) each; written by hand, since the scribe does it twenty times a second.

        What is stored already stays as it is: a commit may have succeeded without its owner's hearing of it.
        """
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO chat_replychunk (reply_id, start, text) VALUES (%s, %s, %s) "
                "ON CONFLICT (reply_id, start) DO NOTHING",
                chunks,
            )

    def behind(self, known: Mapping[int, int]) -> list[tuple[int, str | None, int | None, str | None]]:
        """Of the replies in `known` what lies behind so many characters: (reply, state, start, text), in order.

        The first chunk may begin before that: Continue puts all text so far into it.

        A reply without news has one row, with None for start and text; one that is gone has None for its state.
        One statement, so that state and text belong together; by hand, since Django writes no VALUES.
        """
        if not known:
            return []
        pairs = ", ".join(["(%s, %s)"] * len(known))
        with connection.cursor() as cursor:
            cursor.execute(
                BEHIND.format(pairs=pairs),
                [number for pair in known.items() for number in pair],
            )
            rows: list[tuple[int, str | None, int | None, str | None]] = cursor.fetchall()
            return rows


class ReplyChunk(models.Model):
    """Exists only while its reply runs: the end moves the text to the message and deletes the chunks."""

    reply = models.ForeignKey("chat.Reply", models.CASCADE, related_name="chunks", db_index=False)
    start = models.PositiveIntegerField(help_text="Offset of the first character in the reply's text.")
    text = models.TextField()

    objects: ClassVar[ReplyChunkQuerySet] = ReplyChunkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("reply", "start", name="one_chunk_an_offset"),  # text_of(), behind()
        ]

    def __str__(self) -> str:
        return f"reply {self.reply_id} from {self.start}"
