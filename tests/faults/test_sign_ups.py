"""At several workers: one administrator, one account an invitation, and failures to log in that add up."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import httpx
import pytest

from tests.cast import PASSWORD
from tests.site import Site, post

AT_ONCE = 30
PATIENCE = 120.0  # s; so many passwords are hashed at once


@pytest.fixture
def site(start: Callable[..., Site], database: dict[str, str]) -> Site:
    return start(WEB_CONCURRENCY="3", **database)


def sign_up_at_once(site: Site, url: str) -> list[httpx.Response]:
    """Everybody has the form open before the first one sends it."""
    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        people = [stack.enter_context(site.guest()) for _ in range(AT_ONCE)]
        for person in people:
            person.timeout = PATIENCE
        forms = list(pool.map(lambda person: person.get(url), people))
        assert Counter(form.status_code for form in forms) == {200: AT_ONCE}
        return list(
            pool.map(
                lambda number: post(
                    people[number],
                    url,
                    username=f"person-{number}",
                    password1=PASSWORD,
                    password2=PASSWORD,
                ),
                range(AT_ONCE),
            )
        )


def accounts(site: Site) -> list[tuple[str, bool]]:
    """The names, and who is an administrator."""
    program = "from chat.models import User; print([*User.objects.values_list('username', 'is_superuser')])"
    return eval(site.manage("shell", "-v", "0", "-c", program))


def test_of_thirty_first_sign_ups_one_is_the_administrator(site: Site) -> None:
    answers = sign_up_at_once(site, site.setup_url)
    assert Counter(answer.status_code for answer in answers) == {303: 1, 404: AT_ONCE - 1}
    (winner,) = (number for number, answer in enumerate(answers) if answer.status_code == 303)
    assert accounts(site) == [(f"person-{winner}", True)]


def test_an_invitation_makes_one_account(site: Site) -> None:
    with closing(site.set_up()) as alice:
        page = post(alice, "/invitations/", role="member", group="", days="7").text
        (path,) = re.findall(r'value="http://[^/]+(/invitations/[^"]+/)"', page)
    # allauth lets one address sign up twenty times a minute: the rest is refused by that
    answers = sign_up_at_once(site, path)
    counted = Counter(answer.status_code for answer in answers)
    assert counted[302] == 1
    assert set(counted) <= {302, 404, 429}
    (winner,) = (number for number, answer in enumerate(answers) if answer.status_code == 302)
    assert sorted(accounts(site)) == [("alice", True), (f"person-{winner}", False)]


def test_failures_to_log_in_at_any_worker_add_up(site: Site) -> None:
    site.set_up().close()
    for password in (*["wrong"] * 5, PASSWORD):
        with site.guest() as guest:  # a connection of its own, and so perhaps a worker
            guest.get("/accounts/login/")
            answer = post(guest, "/accounts/login/", login="alice", password=password)
            assert answer.status_code == 200
    assert "Too many" in answer.text
