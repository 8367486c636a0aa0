"""Answers that are made while they are sent."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async


async def streamed(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Pieces that are made in the request's own thread."""
    while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
        yield piece
