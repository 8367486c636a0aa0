"""gunicorn's settings: the ASGI worker, the embedded model before the first fork, an end with grace."""

import resource
import signal
from typing import Any

from config import settings

bind = f"{settings.HOST}:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
worker_class = "asgi"
asgi_loop = "uvloop"
asgi_lifespan = "on"
keepalive = 75
graceful_timeout = settings.GRACE_SECONDS + 10
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1" if not settings.TRUSTED_PROXIES else "*"
accesslog = None
loglevel = "warning"
proc_name = "parley"

READY_SECONDS = 60
LAST_FRAMES_SECONDS = 5


def on_starting(server: Any) -> None:
    """In the master, before the first fork: file limit up, embedded model on its way."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if settings.EMBEDDED_MODEL:
        _start_embedded_model(server)


def _start_embedded_model(server: Any) -> None:
    from chat import local_model

    if not local_model.is_installed():
        server.log.error("No model key is set, and the embedded model is not installed.")
        return
    server.embedded_model = model = local_model.start()
    settings.MODEL_API_BASE, settings.MODEL_API_KEY = model.base_url, model.api_key
    settings.RUNNING_REPLIES = local_model.SLOTS
    if local_model.wait_until_ready(model, READY_SECONDS):
        settings.CONTEXT_TOKENS = local_model.context_window(model.base_url, model.api_key)
    else:
        server.log.error("The embedded model is not ready yet; replies will say so until it is.")


def on_exit(server: Any) -> None:
    if model := getattr(server, "embedded_model", None):
        from chat import local_model

        local_model.stop(model)


def when_ready(server: Any) -> None:
    print(f"Parley is ready: {settings.SITE_URL}", flush=True)  # noqa: T201


def post_worker_init(worker: Any) -> None:
    """gunicorn tells the application about SIGTERM only after the connections closed: we hear it first."""

    def end() -> None:
        if not getattr(worker, "parley_ending", None):
            worker.parley_ending = worker.loop.create_task(_end_with_grace(worker))

    for name in (signal.SIGTERM, signal.SIGINT):
        worker.loop.remove_signal_handler(name)
        worker.loop.add_signal_handler(name, end)


async def _end_with_grace(worker: Any) -> None:
    """Accept nothing new, let replies run for the grace period, end the streams; then the worker may go."""
    from config import asgi

    for server in worker.servers:
        server.close()
    if asgi.process is not None:
        await asgi.process.drain(settings.GRACE_SECONDS)
    await asgi.threads.idle(LAST_FRAMES_SECONDS)
    if asgi.process is not None:
        await asgi.process.close()
    worker.handle_quit_signal()  # the quick way: gunicorn would wait for idle keep-alive connections
