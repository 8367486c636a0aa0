"""The cast of three: alice owns, bob is staff, charlie is a stranger; and a guest who is not logged in."""

from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from chat.models import User
from tests.password import PASSWORD

__all__ = ["PASSWORD", "alice", "alices", "bob", "bobs", "charlie", "charlies", "guest"]


@pytest.fixture
def alice(db: None) -> User:
    return _user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return _user("bob", is_staff=True)


@pytest.fixture
def charlie(db: None) -> User:
    return _user("charlie")


@pytest.fixture
def guest(db: None) -> Client:
    return Client()


@pytest.fixture
def alices(alice: User) -> Client:
    """Alice's browser, without JavaScript."""
    return _logged_in(alice)


@pytest.fixture
def bobs(bob: User) -> Client:
    return _logged_in(bob)


@pytest.fixture
def charlies(charlie: User) -> Client:
    return _logged_in(charlie)


def _user(name: str, **more: bool) -> User:
    return User.objects.create(username=name, email=f"{name}@example.org", password=_hashed(), **more)


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; once a run is enough."""
    return make_password(PASSWORD)


def _logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
