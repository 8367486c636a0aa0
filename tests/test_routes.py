"""Every route, method and person, from the URL configuration: who gets in; nobody else changes anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver

from chat.models import (
    ApiKey,
    Budget,
    BudgetRequest,
    Conversation,
    Folder,
    Invitation,
    SavedPrompt,
    Share,
    User,
)
from chat.models.invitation import InvitedAs
from tests.policies import POLICIES, THEIRS, Policy
from tests.said import answered, asked
from tests.usage.closing import opened

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
ELSEWHERE = {
    "replies/<int:reply_id>/events/",  # a stream, which needs a server: tests/flows/test_streams.py
    "accounts/email/",  # not there without mail: tests/accounts/test_mail.py
}
UNTOUCHED = {"chat.AuditEntry", "sessions.Session", "usersessions.UserSession"}  # looks are entered


def routes(patterns: list[Any] | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Each route with the module of its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, getattr(pattern.callback, "__module__", "")
        else:
            yield from routes(pattern.url_patterns, route)


def test_every_route_has_a_policy_and_every_policy_a_route() -> None:
    own = {route for route, module in routes() if not module.startswith(THEIRS)}
    assert {route for route in own if not route.startswith("admin/")} - POLICIES.keys() == set()
    assert POLICIES.keys() - {route for route, _ in routes()} == set()


@dataclass(frozen=True)
class World:
    """Something of alice's behind every address."""

    values: dict[str, object]

    def path(self, route: str) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(self.values[found[1]]), route)


@pytest.fixture
def world(alice: User, bob: User, charlie: User) -> World:
    conversation = Conversation.objects.create(owner=alice, title="Hers")
    question = asked(conversation, "Hello")
    answer = answered(question, "Hello to you")
    budget = Budget.objects.create(period="day", unit="requests", limit=1000)
    invitation, _ = Invitation.objects.issue(bob, role=InvitedAs.MEMBER, group=None, days=1)
    session = UserSession.objects.create(user=alice, session_key="hers", ip="127.0.0.1", user_agent="")
    rows = {
        "conversation_id": conversation,
        "message_id": question,
        "reply_id": answer.reply,
        "folder_id": Folder.objects.create(owner=alice, name="Hers"),
        "prompt_id": SavedPrompt.objects.create(owner=alice, name="hers", text="Hers"),
        "share_id": Share.objects.create(owner=alice, conversation=conversation, title="Hers", snapshot={}),
        "key_id": ApiKey.objects.issue(alice, name="Hers")[0],
        "request_id": BudgetRequest.objects.create(user=alice, budget=budget, reason="Because"),
        "call_id": opened(alice),
        "invitation_id": invitation,
        "session_id": session,
    }
    words = {"token": "nobody-knows-this", "model_id": "m", "rest": "nothing"}
    admins = {"object_id": alice.pk, "id": alice.pk, "app_label": "chat", "content_type_id": 1, "url": "x"}
    return World({name: row.pk for name, row in rows.items()} | words | admins)


def stored() -> dict[str, list[dict[str, Any]]]:
    """Everything in the database but what a look itself leaves there."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.label not in UNTOUCHED
    }


def ask(client: Client, method: str, path: str) -> Any:
    return getattr(client, method)(path, {"text": "Hi", "send_id": str(uuid4())} if method == "post" else {})


def refused_as_guest(answer: Any) -> bool:
    """To the log-in page; a form with a draft gets a 401 page, and an event stream is a 404."""
    to_log_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return to_log_in or answer.status_code in {401, 404}


def of(*who: str) -> list[tuple[str, Policy, str]]:
    return [
        (route, policy, method)
        for route, policy in POLICIES.items()
        for method in METHODS
        if policy.who in who and method in policy.methods
    ]


@pytest.mark.parametrize(("route", "policy", "method"), of("user", "owner", "staff"))
def test_guests_and_deactivated_people_stay_outside(
    world: World, guest: Client, alices: Client, alice: User, route: str, policy: Policy, method: str
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    before = stored()
    for client in (guest, alices):
        assert refused_as_guest(ask(client, method, world.path(route)))
    assert stored() == before


@pytest.mark.parametrize(("route", "policy", "method"), of("owner"))
def test_what_belongs_to_somebody_else_is_a_404_also_for_staff(
    world: World, charlies: Client, bobs: Client, route: str, policy: Policy, method: str
) -> None:
    before = stored()
    for stranger in (charlies, bobs):
        assert ask(stranger, method, world.path(route)).status_code == 404
    assert stored() == before


@pytest.mark.parametrize(("route", "policy", "method"), of("staff"))
def test_what_staff_may_do_does_not_exist_for_others(
    world: World, charlies: Client, alices: Client, route: str, policy: Policy, method: str
) -> None:
    before = stored()
    for other in (charlies, alices):
        assert ask(other, method, world.path(route)).status_code == 404
    assert stored() == before


@pytest.mark.parametrize(("route", "policy", "method"), of("key"))
def test_the_api_takes_no_session(
    world: World, alices: Client, route: str, policy: Policy, method: str
) -> None:
    before = stored()
    assert ask(alices, method, world.path(route)).status_code == 401
    assert stored() == before


@pytest.mark.parametrize(("route", "policy"), POLICIES.items())
def test_other_methods_are_refused(world: World, alices: Client, route: str, policy: Policy) -> None:
    before = stored()
    for method in set(METHODS) - policy.methods - {"options"}:
        answer = ask(alices, method, world.path(route))
        away = route.startswith("accounts/") and answer.status_code == 302  # allauth's, for who is logged in
        assert answer.status_code in {401, 404, 405} or away, method
    assert stored() == before


@pytest.mark.parametrize(
    ("route", "policy", "method"),
    [one for one in of("user", "owner") if one[2] in {"get", "head"} and one[0] not in ELSEWHERE],
)
def test_owners_may_look_and_looking_changes_nothing(
    world: World, alices: Client, route: str, policy: Policy, method: str
) -> None:
    before = stored()
    assert ask(alices, method, world.path(route)).status_code in {200, 302, 303}
    assert stored() == before


@pytest.mark.parametrize(
    ("route", "policy", "method"), [one for one in of("staff") if one[2] in {"get", "head"}]
)
def test_staff_may_look_and_looking_changes_nothing(
    world: World, bobs: Client, route: str, policy: Policy, method: str
) -> None:
    before = stored()
    assert ask(bobs, method, world.path(route)).status_code in {200, 303}
    assert stored() == before


@pytest.mark.parametrize(
    ("route", "policy"),
    [
        (route, policy)
        for route, policy, method in of("user", "owner", "staff", "secret", "all")
        if method == "post"
    ],
)
def test_a_form_without_its_token_is_refused(
    world: World, alice: User, bob: User, route: str, policy: Policy
) -> None:
    clients = [Client(enforce_csrf_checks=True) for _ in range(2)]
    for client, user in zip(clients, (alice, bob), strict=True):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    before = stored()
    for client in clients:
        assert ask(client, "post", world.path(route)).status_code in {403, 404}
    assert stored() == before


@pytest.mark.parametrize("route", sorted({route for route, _ in routes() if route.startswith("admin/")}))
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_admin_is_closed_to_whoever_is_no_administrator(
    world: World, guest: Client, charlies: Client, route: str, method: str
) -> None:
    before = stored()
    for client in (guest, charlies):
        assert ask(client, method, world.path(route)).status_code in {302, 403, 404, 405}
    assert stored() == before
