"""Each status of the provider is one plain sentence on the page, and the key is nowhere."""

import re

import httpx

from tests.flows.conftest import KEY
from tests.site import Site, ask, wait_for
from tests.upstream import Status, Upstream

STATUSES = (400, 401, 403, 404, 408, 429, 500, 502, 503, 504)


def test_each_status_gives_one_plain_sentence_and_no_key(
    site: Site, upstream: Upstream, alice_client: httpx.Client
) -> None:
    for status in STATUSES:
        body = f'{{"error": {{"message": "told {KEY} off"}}}}'.encode()
        upstream.play(*[Status(status, headers={"Retry-After": "0"}, body=body)] * 3)
        conversation = ask(alice_client, f"Status {status}")
        wait_for(lambda where=conversation: _end(alice_client, where), f"the end of {status}")
        upstream.clear()
        sentence = _end(alice_client, conversation)
        assert re.fullmatch(r"[A-Z][^<>{}]+\.", sentence), (status, sentence)
        assert str(status) not in sentence
    ledger = alice_client.get("/usage/all.csv").text
    assert ledger.count(",failed,") == 4 + 3 * 6  # refusals are final, the others are tried three times
    call_pages = alice_client.get("/admin/chat/call/").text
    for text in (ledger, call_pages, site.log, alice_client.get("/usage/").text):
        assert KEY not in text
    for file in site.data_dir.glob("parley.sqlite3*"):
        assert KEY.encode() not in file.read_bytes()


def _end(client: httpx.Client, conversation: str) -> str:
    """The sentence on the page once the reply has failed."""
    page = client.get(conversation).text
    assert KEY not in page
    found = re.search(r'class="end error".*?<span>(.*?)</span>', page, re.DOTALL)
    return found[1].replace("&quot;", '"').replace("&#x27;", "'") if found else ""
