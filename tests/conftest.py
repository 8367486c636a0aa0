"""What every test may ask for: the cast of three, a process that runs replies, a real site, a browser."""

from tests.browser import browser, page
from tests.cast import alice, alices, bob, bobs, charlie, charlies, guest
from tests.running import process
from tests.site import site, start_site
from tests.upstream import upstream

__all__ = [
    "alice",
    "alices",
    "bob",
    "bobs",
    "browser",
    "charlie",
    "charlies",
    "guest",
    "page",
    "process",
    "site",
    "start_site",
    "upstream",
]
