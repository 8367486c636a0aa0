"""A piece of a running reply's text, as one commit of the scribe stored it."""

from __future__ import annotations

from typing import ClassVar

from django.db import connection, models
from django.db.models import QuerySet


class ReplyChunkQuerySet(QuerySet["ReplyChunk"]):
    def text_of(self, reply_id: int) -> str:
        """All committed text of a running reply."""
        return "".join(self.filter(reply_id=reply_id).order_by("start").values_list("text", flat=True))

    def append(self, chunks: list[tuple[int, int, str]]) -> None:
        """Store (reply, start, text) each; written by hand, since the scribe does it twenty times a second."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO chat_replychunk (reply_id, start, text) VALUES (%s, %s, %s)", chunks
            )


class ReplyChunk(models.Model):
    """Exists only while its reply runs: the end moves the text to the message and deletes the chunks."""

    reply = models.ForeignKey("chat.Reply", models.CASCADE, related_name="chunks", db_index=False)
    start = models.PositiveIntegerField(help_text="Offset of the first character in the reply's text.")
    text = models.TextField()

    objects: ClassVar[ReplyChunkQuerySet] = ReplyChunkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("reply", "start", name="one_chunk_an_offset"),  # text_of(), the gatherer
        ]

    def __str__(self) -> str:
        return f"reply {self.reply_id} from {self.start}"
