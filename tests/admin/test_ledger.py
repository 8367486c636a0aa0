"""The ledger in the admin shows a cost in dollars, as every other page does."""

from django.test import Client

from chat.models import User
from tests.usage.closing import closed, opened

LIST = "/admin/chat/call/"


def test_a_cost_is_shown_in_dollars(root: Client, alice: User) -> None:
    call = closed(alice, cost_nano_usd=1_250_000)
    assert '<td class="field-cost">$0.001250</td>' in root.get(LIST).content.decode()
    page = root.get(f"{LIST}{call.pk}/change/").content.decode()
    assert "$0.001250" in page
    assert "1250000" not in page


def test_an_unknown_cost_is_no_zero(root: Client, alice: User) -> None:
    closed(alice, cost_nano_usd=None)
    opened(alice)
    page = root.get(LIST).content.decode()
    assert page.count('<td class="field-cost">unknown</td>') == 1
    assert page.count('<td class="field-cost">-</td>') == 1  # not known yet
