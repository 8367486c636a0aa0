"""The life of an exchange in the event loop: its ledger row is opened, the model asked, the row closed."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING, TypeVar

from chat.gateway import ledger
from chat.gateway.errors import (
    DatabaseAway,
    KeyRefused,
    Refusal,
    ShuttingDown,
    Stopped,
    Unexpected,
    UpstreamFailed,
)
from chat.gateway.exchange import Cut, Exchange
from chat.gateway.ledger import Opened
from chat.llm import Chunk, ModelError, delay, says_something, size_beside_text
from chat.models import DATABASE_AWAY, CallStatus
from chat.usage import Admission, Attempt, Closing

if TYPE_CHECKING:
    from chat.gateway.process import Gateway

log = logging.getLogger(__name__)
random = SystemRandom()

TRIES = 5  # of closing a row, before it is left to recover
PAUSE = 1.0  # s between them

Result = TypeVar("Result")


async def answer(gateway: "Gateway", exchange: Exchange) -> None:
    """Guarantee: the ledger row is closed however this ends, by recover where the database cannot be reached."""
    refusal: Refusal | None = Unexpected()
    try:
        await _ask(gateway, exchange, *await _open(gateway, exchange))
        await _close(gateway, exchange, exchange.attempt.closing(CallStatus.DONE))
        refusal = None
    except asyncio.CancelledError:
        refusal = await _cut(gateway, exchange)
    except ModelError as error:
        log.warning("API call %s: %s, status %s", exchange.request_id, error.code, error.http_status)
        status = CallStatus.INTERRUPTED if exchange.characters else CallStatus.FAILED
        refusal = UpstreamFailed(error)
        await _close(gateway, exchange, exchange.attempt.closing(status, error=error))
    except Refusal as reason:
        refusal = reason
    except DATABASE_AWAY:
        log.exception("The database did not take an API call")
        refusal = DatabaseAway()
    except Exception:
        log.exception("API call %s ended by an error of our own", exchange.request_id)
        await _close(gateway, exchange, exchange.attempt.closing(CallStatus.FAILED))
    finally:
        if exchange.row is not None:
            gateway.heart.no_beat_for(exchange.row.call_id)
        exchange.end(refusal)


async def _open(gateway: "Gateway", exchange: Exchange) -> tuple[Admission, Opened]:
    def opened() -> tuple[Admission, Opened]:
        admission = ledger.admission_of(exchange.key, exchange.asked, gateway.worker)
        exchange.row, exchange.room = ledger.open_call(admission)
        return admission, exchange.row

    admission, row = await _whole(gateway, exchange, opened)
    return admission, _begun(gateway, exchange, row)


async def _ask(gateway: "Gateway", exchange: Exchange, admission: Admission, row: Opened) -> None:
    """Ask until there is an answer, each time as a ledger row of its own; raises what ends it."""
    retries = 0
    while True:
        exchange.attempt = Attempt(sent=True)
        try:
            return await _stream(gateway, exchange, row)
        except ModelError as error:
            pause = delay(error, retries, random)
            if exchange.characters or pause is None:
                raise  # after the first text nothing is asked again by itself
            closing = exchange.attempt.closing(CallStatus.FAILED, error=error)
        retries += 1
        exchange.attempt = Attempt()
        row = await _retry(gateway, exchange, admission, row, closing)
        await asyncio.sleep(pause)


async def _stream(gateway: "Gateway", exchange: Exchange, row: Opened) -> None:
    """What comes before the first text is kept back with it, so that until then all can be tried again."""
    held: list[Chunk] = []
    request = exchange.asked.limited(row.max_tokens)
    async with gateway.client.stream(request, request_id=str(row.request_id), keep=True) as batches:
        exchange.attempt.accepted = True
        async for chunks in batches:
            for chunk in chunks:
                exchange.attempt.note(chunk)
                if chunk.said is not None or chunk.finish_reason is not None:
                    held.append(chunk)
                if chunk.said is not None and says_something(chunk.said):
                    exchange.characters += len(chunk.text) + size_beside_text(chunk.said)
            if held and exchange.characters:
                await exchange.put(held)
                held = []
    if held:
        await exchange.put(held)


async def _retry(
    gateway: "Gateway", exchange: Exchange, admission: Admission, failed: Opened, closing: Closing
) -> Opened:
    def retried() -> Opened:
        exchange.row = None  # closed in any case, by recover where the database is away
        exchange.row = ledger.open_retry(failed.call_id, closing, admission)
        return exchange.row

    try:
        row = await _whole(gateway, exchange, retried)
    finally:
        gateway.heart.no_beat_for(failed.call_id)
    return _begun(gateway, exchange, row)


def _begun(gateway: "Gateway", exchange: Exchange, row: Opened) -> Opened:
    exchange.request_id = str(row.request_id)
    gateway.heart.beat_for(row.call_id)
    if exchange.why is not None:
        raise asyncio.CancelledError
    return row


async def _cut(gateway: "Gateway", exchange: Exchange) -> Refusal:
    why = exchange.why or Cut.ENDING
    status = CallStatus.INTERRUPTED if why is Cut.ENDING else CallStatus.STOPPED
    closing = exchange.attempt.closing(status)
    await _close(gateway, exchange, replace(closing, error="" if why is Cut.HUNG_UP else why.value))
    if why is Cut.REVOKED:
        return KeyRefused("This API key opens nothing any more.")
    return Stopped() if why is Cut.STOPPED else ShuttingDown()


async def _close(gateway: "Gateway", exchange: Exchange, closing: Closing) -> None:
    """Nothing that comes meanwhile keeps a row from being closed."""
    row = exchange.row
    if row is None:
        return
    closing = replace(closing, completion_characters=exchange.characters)
    for left in reversed(range(TRIES)):
        try:
            close = partial(ledger.close, row.call_id, gateway.worker, closing)
            exchange.usage = await _whole(gateway, exchange, close)
            return
        except DATABASE_AWAY:
            log.exception("Call %d is not closed yet: the database did not answer", row.call_id)
            if left:
                await asyncio.sleep(PAUSE)
    log.error("Call %d is left to recover", row.call_id)


async def _whole(gateway: "Gateway", exchange: Exchange, verb: Callable[[], Result]) -> Result:
    """Run `verb` in a thread to its end, also when the exchange is cut meanwhile."""
    running = gateway.in_thread(verb)
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            if exchange.why is None:  # the loop itself ends
                exchange.why = Cut.ENDING
    return running.result()
