"""The page of API keys: a key is shown once, to its owner, who alone can switch it or delete it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import ApiKey, AuditEntry, User
from tests.usage.closing import close, closed, opened

HTMX = {"HX-Request": "true"}


@pytest.fixture
def key(alice: User) -> ApiKey:
    return ApiKey.objects.issue(alice, name="Hers")[0]


def make(client: Client, *, headers: dict[str, str] | None = None, **fields: str) -> Any:
    return client.post("/api-keys/", {"name": "ci", "send_id": str(uuid4()), **fields}, headers=headers)


def trail() -> list[tuple[str, str | None, str]]:
    entries = AuditEntry.objects.filter(action__startswith="key_").order_by("pk")
    return [(entry.action, entry.actor and entry.actor.username, entry.detail) for entry in entries]


@pytest.mark.parametrize("path", ["enable/", "disable/", "delete/"])
def test_refusals(guest: Client, charlies: Client, bobs: Client, key: ApiKey, path: str) -> None:
    url = f"/api-keys/{key.pk}/{path}"
    assert guest.post(url).headers["Location"] == "/accounts/login/?next=/"
    for stranger in (charlies, bobs):
        assert stranger.post(url).status_code == 404
        assert stranger.get(url).status_code == 405
    key.refresh_from_db()
    assert key.enabled
    assert trail() == []


def test_the_page_shows_ones_own_keys_alone(
    guest: Client, alices: Client, charlies: Client, bobs: Client, key: ApiKey
) -> None:
    assert guest.get("/api-keys/").headers["Location"] == "/accounts/login/?next=/api-keys/"
    assert guest.post("/api-keys/", {"name": "x"}).headers["Location"].startswith("/accounts/login/")
    assert key.prefix in alices.get("/api-keys/").content.decode()
    for stranger in (charlies, bobs):
        assert key.prefix not in stranger.get("/api-keys/").content.decode()


@pytest.mark.parametrize("headers", [None, HTMX])
def test_a_new_key_is_in_one_answer_and_nowhere_else(
    alices: Client, alice: User, headers: dict[str, str] | None
) -> None:
    answer = make(alices, name=" ci ", headers=headers)

    assert answer.status_code == 201
    secret = answer.context["secret"]
    key = ApiKey.objects.by_secret(secret)
    assert key is not None
    assert (key.user, key.name, key.expires_at) == (alice, "ci", None)
    assert f'value="{secret}"' in answer.content.decode()
    assert ("<html" in answer.content.decode()) == (headers is None)
    assert "no-store" in answer.headers["Cache-Control"]
    again = alices.get("/api-keys/")
    assert secret not in again.content.decode()
    assert "no-store" in again.headers["Cache-Control"]
    assert trail() == [("key_created", "alice", secret[:10])]


def test_a_form_that_is_sent_again_makes_no_second_key(alices: Client) -> None:
    send_id = str(uuid4())
    secret = make(alices, send_id=send_id).context["secret"]

    again = make(alices, send_id=send_id)

    assert again.status_code == 409
    assert "This form was sent before, and has made its key." in again.content.decode()
    assert secret not in again.content.decode()
    assert ApiKey.objects.count() == len(trail()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_that_is_sent_six_times_at_once_makes_one_key(alice: User) -> None:
    send_id = str(uuid4())

    def post(_: int) -> int:
        try:
            client = Client()
            client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
            return int(make(client, send_id=send_id).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as tabs:
        statuses = sorted(tabs.map(post, range(6)))

    assert statuses == [201, *5 * [409]]
    assert ApiKey.objects.count() == len(trail()) == 1


def test_the_same_form_of_somebody_else_is_another(alices: Client, charlies: Client) -> None:
    send_id = str(uuid4())
    assert [make(client, send_id=send_id).status_code for client in (alices, charlies)] == [201, 201]


def test_a_script_may_leave_the_send_id_out(alices: Client) -> None:
    assert [alices.post("/api-keys/", {"name": "ci"}).status_code for _ in range(2)] == [201, 201]


def test_a_key_works_to_the_end_of_its_last_day(alices: Client, settings: LazySettings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    with timezone.override("Asia/Tokyo"):
        day = timezone.localdate() + timedelta(days=3)
    assert make(alices, expires=str(day)).status_code == 201
    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert key.expires_at.isoformat() == f"{day}T15:00:00+00:00"  # midnight in Tokyo
    assert f'<time datetime="{day}">' in alices.get("/api-keys/").content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "A key needs a name."),
        ({"name": " \u200b "}, "A key needs a name."),
        ({"name": "a\x00b"}, "A name cannot hold NUL characters."),
        ({"name": "x" * 101}, "A name has at most 100 characters."),
        ({"expires": "tomorrow"}, "The last day must be a day such as 2027-05-31"),
        ({"expires": "2020-01-01"}, "The last day must be a day such as 2027-05-31"),
        ({"expires": "9999-12-31"}, "The last day must be a day such as 2027-05-31"),
        ({"send_id": "1"}, "The form was sent without a valid send_id"),
    ],
)
@pytest.mark.parametrize("headers", [None, HTMX])
def test_what_cannot_be_is_refused_in_a_sentence_and_what_was_typed_stays(
    alices: Client, fields: dict[str, str], sentence: str, headers: dict[str, str] | None
) -> None:
    answer = make(alices, **{"name": "kept & safe", "expires": "2020-02-02", **fields}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    if "name" not in fields:
        assert 'value="kept &amp; safe"' in page
    if "expires" not in fields:
        assert 'value="2020-02-02"' in page
    if headers:
        assert answer.headers["HX-Retarget"] == "#api-keys"
    assert not ApiKey.objects.exists()
    assert trail() == []


def test_fifty_keys_are_as_many_as_there_may_be(alices: Client, alice: User, charlies: Client) -> None:
    for number in range(50):
        ApiKey.objects.issue(alice, name=f"Key {number}")
    answer = make(alices, name="One more")
    assert answer.status_code == 422
    assert "There are 50 keys, which is as many as a person may have." in answer.content.decode()
    assert 'value="One more"' in answer.content.decode()
    assert make(charlies).status_code == 201


def test_a_key_is_disabled_and_enabled(alices: Client, key: ApiKey) -> None:
    where = f"/api-keys/#key-{key.pk}"
    for path, enabled in (("disable", False), ("disable", False), ("enable", True)):
        answer = alices.post(f"/api-keys/{key.pk}/{path}/")
        assert (answer.status_code, answer.headers["Location"]) == (303, where)
        key.refresh_from_db()
        assert key.enabled == enabled
    assert trail() == [
        ("key_changed", "alice", f"{key.prefix} disabled"),
        ("key_changed", "alice", f"{key.prefix} enabled"),
    ]


def test_a_deleted_key_is_gone_and_its_calls_stay(alices: Client, alice: User, key: ApiKey) -> None:
    call = close(opened(alice, api_key_id=key.pk))
    answer = alices.post(f"/api-keys/{key.pk}/delete/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/api-keys/")
    assert not ApiKey.objects.exists()
    call.refresh_from_db()
    assert call.api_key_id == key.pk
    assert trail() == [("key_deleted", "alice", key.prefix)]
    assert alices.post(f"/api-keys/{key.pk}/delete/").status_code == 404


def test_each_key_has_what_it_used_this_month(alices: Client, alice: User, key: ApiKey) -> None:
    close(
        opened(alice, api_key_id=key.pk),
        prompt_tokens=1_200,
        completion_tokens=34,
        cost_nano_usd=1_500_000_000,
    )
    opened(alice, api_key_id=key.pk)
    closed(alice)  # without a key
    ApiKey.objects.issue(alice, name="Unused")
    page = alices.get("/api-keys/").content.decode()
    assert "2 requests, 1,234 tokens, $1.50" in page
    assert page.count("no requests") == 1


def test_a_cost_that_nobody_knows_is_said_to_be_unknown(alices: Client, alice: User, key: ApiKey) -> None:
    close(opened(alice, api_key_id=key.pk), cost_nano_usd=None)
    assert "1 request, 110 tokens, cost unknown" in alices.get("/api-keys/").content.decode()


def test_more_keys_take_no_more_queries(alices: Client, alice: User, key: ApiKey) -> None:
    def queries() -> int:
        close(opened(alice, api_key_id=ApiKey.objects.latest("pk").pk))
        with CaptureQueriesContext(connection) as found:
            alices.get("/api-keys/")
        return len(found)

    one = queries()
    ApiKey.objects.issue(alice, name="Second")
    ApiKey.objects.issue(alice, name="Third")
    assert queries() == one


def test_an_expired_and_a_disabled_key_say_so(alices: Client, alice: User) -> None:
    ApiKey.objects.issue(alice, name="Old", expires_at=timezone.now() - timedelta(days=1))
    assert 'class="state expired">expired<' in alices.get("/api-keys/").content.decode()
    ApiKey.objects.get().enable(False)
    assert 'class="state disabled">disabled<' in alices.get("/api-keys/").content.decode()


def test_a_name_is_text_and_no_markup(alices: Client) -> None:
    name = "<script>alert(1)</script>'\"&"
    for page in (make(alices, name=name), alices.get("/api-keys/")):
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_the_examples_have_the_sites_address_its_model_and_the_new_key(
    alices: Client, settings: LazySettings
) -> None:
    settings.SITE_URL = "https://chat.example.org/parley"
    settings.MODEL_ID = "some/model"
    codes = [example.code for example in alices.get("/api-keys/").context["examples"]]
    assert len(codes) == 5
    for code in codes:
        assert "https://chat.example.org/parley/v1" in code
        assert "some/model" in code
        assert "YOUR_API_KEY" in code
    answer = make(alices)
    for example in answer.context["examples"]:
        assert answer.context["secret"] in example.code
        assert "YOUR_API_KEY" not in example.code


def test_what_an_administrator_blocked_its_owner_cannot_enable(alices: Client, key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(enabled=False, blocked=True)
    page = alices.get("/api-keys/").content.decode()
    assert "blocked by an administrator" in page
    assert f"/api-keys/{key.pk}/enable/" not in page
    assert alices.post(f"/api-keys/{key.pk}/enable/").status_code == 303
    assert not ApiKey.objects.usable().filter(pk=key.pk).exists()
    assert not ApiKey.objects.get(pk=key.pk).enabled
    ApiKey.objects.filter(pk=key.pk).update(blocked=False)
    alices.post(f"/api-keys/{key.pk}/enable/")
    assert ApiKey.objects.usable().filter(pk=key.pk).exists()
