"""gunicorn's settings: the ASGI worker, the embedded model before the first fork, an end with grace."""

import asyncio
import resource
import signal
from typing import Any

from django.conf import settings as django_settings

from chat import local_model
from config import settings
from config.worker import ENDS, FRESH

bind = f"{settings.HOST}:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
worker_class = "config.worker.Worker"
asgi_loop = "uvloop"
asgi_lifespan = "on"
keepalive = 75
limit_request_line = 8190  # the log-in page's address holds a long search twice quoted
graceful_timeout = settings.GRACE_SECONDS + 30  # more than all of _end() may take
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1" if not settings.TRUSTED_PROXIES else "*"
accesslog = None
loglevel = "warning"
proc_name = "parley"

REQUESTS_SECONDS = 5  # for requests that had begun, which may still admit a reply
READY_SECONDS = 20  # less than gunicorn gives a worker to show a sign of life
LAST_FRAMES_SECONDS = 5


embedded_model: Any = None


def on_starting(server: Any) -> None:
    """In the master, before the first fork: file limit up, embedded model on its way."""
    global embedded_model
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if not settings.EMBEDDED_MODEL:
        return
    if local_model.is_installed():
        embedded_model = local_model.start()
        settings.MODEL_API_BASE, settings.MODEL_API_KEY = embedded_model.base_url, embedded_model.api_key
        settings.RUNNING_REPLIES = min(settings.RUNNING_REPLIES, local_model.SLOTS)
    else:
        server.log.error("No model key is set, and the embedded model is not installed.")


def on_exit(server: Any) -> None:
    if embedded_model is not None:
        local_model.stop(embedded_model)


def post_fork(server: Any, worker: Any) -> None:
    """A worker that is told to end before it serves has nothing to finish: it just goes."""
    for name in ENDS:
        signal.signal(name, signal.SIG_DFL)


def post_worker_init(worker: Any) -> None:
    """In each worker, before it serves: the model is waited for, and SIGTERM is ours."""
    if embedded_model is not None:
        _wait_for_model(worker)

    # gunicorn tells the application about its end only after the connections closed: we hear it first.
    def end(grace_seconds: float) -> None:
        if not hasattr(worker, "parley_ending"):
            worker.parley_ending = worker.loop.create_task(_end(worker, grace_seconds))
        elif not grace_seconds:  # Ctrl-C after SIGTERM: somebody does not want to wait
            worker.parley_hurry = worker.loop.create_task(_hurry())

    # What comes before the loop runs would be lost on it: it waits until then.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    for name in ENDS:
        worker.loop.remove_signal_handler(name)
        worker.loop.add_signal_handler(name, end, settings.GRACE_SECONDS if name == signal.SIGTERM else 0)
    worker.loop.call_soon(signal.pthread_sigmask, signal.SIG_UNBLOCK, ENDS)
    if worker.age == 1:
        print(f"Parley is ready: {settings.SITE_URL}", flush=True)  # noqa: T201


def _wait_for_model(worker: Any) -> None:
    local_model.wait_until_ready(embedded_model, READY_SECONDS)
    try:
        window = local_model.context_window(embedded_model.base_url, embedded_model.api_key)
    except local_model.LocalModelError:
        worker.log.error("The embedded model is not ready yet; replies will say so until it is.")
    else:
        django_settings.CONTEXT_TOKENS = window  # Django has copied our settings by now


async def _end(worker: Any, grace_seconds: float) -> None:
    """Accept nothing new, let replies run for the grace period, end the streams; then the worker may go."""
    from config import asgi

    try:
        for server in worker.servers:
            server.close()
        worker.close_connections()
        await asyncio.sleep(min(FRESH, grace_seconds))
        worker.close_connections()  # also those that were new a moment ago
        await asgi.threads.idle(REQUESTS_SECONDS, but_streams=True)
        await _drain(grace_seconds)
        if asgi.runner is not None:
            await asyncio.to_thread(asgi.runner.close)
        await asgi.threads.idle(LAST_FRAMES_SECONDS)
        if asgi.api is not None:
            await asgi.api.close()
        if asgi.process is not None:
            await asgi.process.close()
    finally:
        worker.handle_quit_signal()  # the quick way: gunicorn would wait for idle keep-alive connections


async def _hurry() -> None:
    await _drain(0)


async def _drain(grace_seconds: float) -> None:
    """Replies and API requests have the same grace."""
    from config import asgi

    parts = [part for part in (asgi.process, asgi.api) if part is not None]
    await asyncio.gather(*(part.drain(grace_seconds) for part in parts))
