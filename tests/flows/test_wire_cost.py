"""What a long reply costs on the wire, as a browser gets it: compressed, at the speed of a model."""

import sys
from itertools import pairwise
from pathlib import Path

import httpx

from tests.flows.events import Reader, events_path
from tests.site import Site, ask
from tests.upstream import Answer, Upstream

ESSAY = Path(__file__).with_name("essay.md")  # as models write: headings, paragraphs, lists, code, a table
TOKENS = 2_000
A_SECOND = 50
AT_MOST = 3.0  # times the reply's own bytes


def test_a_long_reply_costs_at_most_three_times_its_own_bytes(
    site: Site, alice_client: httpx.Client, upstream: Upstream
) -> None:
    upstream.play(Answer(tokens(ESSAY.read_text("utf-8")), delay=1 / A_SECOND))
    path = events_path(alice_client, ask(alice_client, "Tell me all about rivers"))

    with Reader(site, alice_client, path) as reader:
        reader.read_all()

    assert reader.events[-1].name == "end"
    own = len(upstream.record().text.encode())
    ratio = reader.received / own
    sys.stdout.write(
        f"{len(upstream.record().deltas)} tokens, {own} bytes of text: {reader.received} bytes received, "
        f"{len(reader.text.encode())} before compression, {len(reader.events)} events, ratio {ratio:.2f}\n"
    )
    assert ratio <= AT_MOST


def tokens(text: str) -> list[str]:
    """The text in 2,000 pieces of nearly equal length, as a model cuts it: in the middle of words."""
    cuts = [round(number * len(text) / TOKENS) for number in range(TOKENS + 1)]
    return [text[start:end] for start, end in pairwise(cuts)]
