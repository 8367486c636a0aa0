"""Who may do everything in the admin."""

import pytest
from django.test import Client

from chat.models import User


@pytest.fixture
def root(bob: User, bobs: Client) -> Client:
    """Bob as a superuser."""
    bob.is_superuser = True
    bob.save()
    return bobs
