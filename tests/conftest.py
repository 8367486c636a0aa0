"""What every test may ask for: the cast of three, a process that runs replies, a real site, a browser."""

import pytest
from django.db import connection

from tests.browser import browser, page
from tests.cast import alice, alices, bob, bobs, charlie, charlies, guest
from tests.mail_server import mail_server
from tests.running import process
from tests.site import site, start_site
from tests.upstream import upstream


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is only about one database is no test of the suite on the other."""
    elsewhere = [
        item
        for item in items
        if (mark := item.get_closest_marker("only_on")) and mark.args != (connection.vendor,)
    ]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


__all__ = [
    "alice",
    "alices",
    "bob",
    "bobs",
    "browser",
    "charlie",
    "charlies",
    "guest",
    "mail_server",
    "page",
    "process",
    "site",
    "start_site",
    "upstream",
]
