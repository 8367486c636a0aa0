"""The site of a benchmark, its users and its history; importing this sets Django up over the site's own data."""

import os
from collections.abc import Sequence
from pathlib import Path

import django

import tests.environment  # noqa: F401 - a fresh DATA_DIR, and none of the caller's keys

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from chat.models import ApiKey, Message, Reply, ReplyState, Role, User  # noqa: E402
from tests.site import Site  # noqa: E402

BACKEND = "django.contrib.auth.backends.ModelBackend"


def start_site(model_api_base: str) -> Site:
    """A site with the database that this process sees too."""
    return Site(
        Path(os.environ["DATA_DIR"]),
        MODEL_API_BASE=model_api_base,
        MODEL_API_KEY="sk-benchmark",
        WEB_CONCURRENCY="1",
        RUNNING_REPLIES="1000",
        API_REQUESTS_A_MINUTE="100000",
        API_STREAMS_A_KEY="1000",
        GRACE_SECONDS="1",
        LOG_LEVEL="WARNING",
    ).start()


def log_in(users: int) -> list[str]:
    """Sessions of so many new users."""
    return [_session_of(User.objects.create(username=f"user-{number}")) for number in range(users)]


def key_of_a_user() -> str:
    """The secret of an API key of a new user."""
    return ApiKey.objects.issue(User.objects.create(username="script"), name="benchmark")[1]


def wrong_replies(texts: Sequence[str]) -> int:
    """How many replies of the history are not done, or say anything but one of `texts`."""
    good = Message.objects.filter(role=Role.ASSISTANT, text__in=texts, reply__state=ReplyState.DONE)
    return Reply.objects.count() - good.count()


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key
