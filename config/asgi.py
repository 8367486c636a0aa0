"""The ASGI application: Django, and beside it static files, the cap on bodies, threads and replies."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from django.conf import settings  # noqa: E402 - Django must be set up before its parts are imported

from chat import gateway, jobs, notices, retention, transfer  # noqa: E402
from chat.accounts.leaving import Leaving  # noqa: E402
from chat.models import JobKind  # noqa: E402
from chat.replies import Process  # noqa: E402
from config.bodies import limit_body  # noqa: E402
from config.static_files import StaticFiles  # noqa: E402
from config.threads import Threads  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

static_files = StaticFiles(settings.STATIC_ROOT, settings.STATIC_URL)
threads = Threads()
process: Process | None = None
runner: jobs.Runner | None = None
api: gateway.Gateway | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        if await static_files.answer(scope, send):
            return
        limited = await limit_body(scope, receive, send)
        if limited is not None:
            async with threads.of(scope):
                await django_application(cast(Any, scope), limited, cast(Any, send))


async def _lifespan(receive: Receive, send: Send) -> None:
    """Replies, API requests and jobs are run between startup, which comes after the fork, and shutdown."""
    global process, runner, api
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            process = Process.open()
            api = gateway.Gateway.open(process.worker, process.client, process.scribe)
            runner = jobs.Runner.open(_kinds())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if runner is not None:
                await asyncio.to_thread(runner.close)
            if api is not None:
                await api.close()
            if process is not None:
                await process.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _kinds() -> dict[str, type[jobs.Work]]:
    """Where no mail goes out nothing waits for it, and it needs no thread."""
    kinds: dict[str, type[jobs.Work]] = {
        JobKind.IMPORT: transfer.Import,
        JobKind.NIGHT: retention.Night,
        JobKind.LEAVE: Leaving,
    }
    if settings.MAIL:
        kinds[JobKind.MAIL] = notices.Sending
    return kinds
