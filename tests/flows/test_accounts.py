"""Accounts on a real site: sessions that end elsewhere."""

import re
from contextlib import closing
from time import monotonic

import httpx

from tests.flows.events import Reader, events_path
from tests.site import Site, ask, post
from tests.upstream import Answer, Upstream

SESSIONS = "/accounts/sessions/"


def test_sign_out_there_ends_what_is_followed_there_within_five_seconds(
    site: Site, alice_client: httpx.Client, upstream: Upstream
) -> None:
    upstream.play(Answer((f"word{number} " for number in range(500)), delay=0.05))
    with closing(site.log_in("alice")) as elsewhere:
        path = events_path(elsewhere, ask(elsewhere, "Hello"))
        with Reader(site, elsewhere, path) as reader:
            reader.read_until("word3")
            ended = monotonic()
            there = re.findall(rf"{SESSIONS}\d+/end/", alice_client.get(SESSIONS).text)[0]  # the newest
            assert post(alice_client, there).status_code == 303
            reader.read_all()
        assert monotonic() - ended < 5
        assert upstream.record().closed_at is None  # the reply goes on
        assert elsewhere.get("/conversations/").status_code == 302
    assert alice_client.get("/conversations/").status_code == 200
