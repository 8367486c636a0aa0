"""An invitation: made by staff, shown once, good for one account, with the role and group that was chosen."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from chat.accounts.sentences import line_of
from chat.models import Action, AuditEntry, Invitation, InvitationSpent, InvitedAs, User
from tests.accounts.inviting import invite
from tests.cast import PASSWORD

NEW = {"username": "dora", "email": "", "password1": PASSWORD, "password2": PASSWORD}


def test_whoever_has_the_link_signs_up_and_is_logged_in(bob: User, bobs: Client, guest: Client) -> None:
    path = invite(bobs)
    assert "bob invites you" in guest.get(path).content.decode()
    answer = guest.post(path, NEW, follow=True)
    dora = User.objects.get(username="dora")
    assert answer.wsgi_request.user == dora
    assert not dora.is_staff
    entry = AuditEntry.objects.get(action=Action.SIGNED_UP)
    assert (entry.actor_id, entry.subject_id) == (dora.pk, bob.pk)
    said = line_of(entry, "dora", "bob").sentence
    assert said == "dora signed up on an invitation of bob: as member"
    assert "dora" in bobs.get("/invitations/").content.decode()


def test_the_page_says_what_staff_may_do(bobs: Client) -> None:
    page = bobs.get("/invitations/").content.decode()
    assert "Staff also read the audit trail, stop what runs and decide on requests for more" in page


def test_the_link_is_shown_once_and_only_its_hash_is_kept(bobs: Client) -> None:
    token = invite(bobs).split("/")[2]
    assert token not in bobs.get("/invitations/").content.decode()
    assert token not in str(list(Invitation.objects.values()))


def test_a_spent_invitation_is_refused(bobs: Client, guest: Client) -> None:
    path = invite(bobs)
    guest.post(path, NEW)
    for answer in (Client().get(path), Client().post(path, NEW | {"username": "eve"})):
        assert answer.status_code == 404
        assert "It was used" in answer.content.decode()
    assert not User.objects.filter(username="eve").exists()


def test_it_is_spent_also_for_whoever_has_its_form_open(bob: User, alice: User, charlie: User) -> None:
    made, token = Invitation.objects.issue(bob, role=InvitedAs.MEMBER, group=None, days=1)
    at_once = Invitation.objects.open().with_token(token)
    made.accept(alice)
    with pytest.raises(InvitationSpent):
        at_once.accept(charlie)
    made.refresh_from_db()
    assert made.used_by == alice


def test_a_form_that_is_wrong_spends_nothing(bobs: Client, guest: Client) -> None:
    path = invite(bobs)
    page = guest.post(path, NEW | {"username": "bob"}).content.decode()
    assert "already exists" in page
    assert 'name="username" value="bob"' in page
    guest.post(path, NEW)
    assert User.objects.filter(username="dora").exists()


def test_it_gives_the_role_and_the_group_that_were_chosen(bobs: Client, guest: Client) -> None:
    sales = Group.objects.create(name="Sales")
    guest.post(invite(bobs, role="staff", group=sales.pk), NEW | {"is_superuser": "on"})
    dora = User.objects.get(username="dora")
    assert (dora.is_staff, dora.is_superuser) == (True, False)
    assert list(dora.groups.all()) == [sales]


def test_nobody_gives_away_more_than_they_have(bob: User, bobs: Client, guest: Client) -> None:
    powerful = Group.objects.create(name="Powerful")
    powerful.permissions.add(Permission.objects.first())
    wanted = {"role": "administrator", "group": "", "days": "7"}
    assert bobs.post("/invitations/", wanted).status_code == 422
    assert bobs.post("/invitations/", wanted | {"role": "member", "group": powerful.pk}).status_code == 422
    assert not Invitation.objects.exists()
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    guest.post(invite(bobs, role="administrator", group=powerful.pk), NEW)
    assert User.objects.get(username="dora").is_superuser


@pytest.mark.parametrize("lost", ["is_active", "is_staff"])
def test_it_is_worth_no_more_than_whoever_made_it(bob: User, bobs: Client, guest: Client, lost: str) -> None:
    path = invite(bobs)
    User.objects.filter(pk=bob.pk).update(**{lost: False})
    assert guest.post(path, NEW).status_code == 404


def test_it_gives_no_permissions_that_whoever_made_it_has_no_more(
    bob: User, bobs: Client, guest: Client
) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    powerful = Group.objects.create(name="Powerful")
    powerful.permissions.add(*Permission.objects.all()[:2])
    path = invite(bobs, role="staff", group=powerful.pk)
    assert guest.get(path).status_code == 200
    User.objects.filter(pk=bob.pk).update(is_superuser=False)
    assert guest.post(path, NEW).status_code == 404
    assert not User.objects.filter(username="dora").exists()


def test_it_gives_no_permissions_that_its_group_got_meanwhile(bobs: Client, guest: Client) -> None:
    sales = Group.objects.create(name="Sales")
    path = invite(bobs, group=sales.pk)
    sales.permissions.add(Permission.objects.first())
    assert guest.post(path, NEW).status_code == 404


def test_whoever_made_it_is_looked_at_also_for_whoever_has_its_form_open(bob: User, alice: User) -> None:
    made, _ = Invitation.objects.issue(bob, role=InvitedAs.STAFF, group=None, days=1)
    User.objects.filter(pk=bob.pk).update(is_staff=False)
    with pytest.raises(InvitationSpent):
        made.accept(alice)
    alice.refresh_from_db()
    assert not alice.is_staff


def test_it_runs_out(bobs: Client, guest: Client) -> None:
    path = invite(bobs, days="1")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert guest.get(path).status_code == 404
    assert guest.post(path, NEW).status_code == 404


def test_it_can_be_withdrawn(bobs: Client, guest: Client) -> None:
    path = invite(bobs)
    bobs.post(f"/invitations/{Invitation.objects.get().pk}/withdraw/")
    assert guest.post(path, NEW).status_code == 404
    assert AuditEntry.objects.filter(action=Action.UNINVITED).count() == 1


def test_one_that_was_used_stays_in_the_list(bobs: Client, guest: Client) -> None:
    guest.post(invite(bobs), NEW)
    bobs.post(f"/invitations/{Invitation.objects.get().pk}/withdraw/")
    assert Invitation.objects.exists()


@pytest.mark.parametrize("days", ["0", "91", "", "soon"])
def test_days_that_cannot_be_are_said(bobs: Client, days: str) -> None:
    answer = bobs.post("/invitations/", {"role": "member", "days": days})
    assert answer.status_code == 422
    assert "whole number from 1 to 90" in answer.content.decode()


def test_whoever_is_logged_in_spends_none(alices: Client, bobs: Client) -> None:
    path = invite(bobs)
    assert "You have an account" in alices.get(path).content.decode()
    alices.post(path, NEW)
    assert Invitation.objects.get().used_at is None


def test_only_staff_invite(bobs: Client, charlies: Client, guest: Client) -> None:
    invite(bobs)
    withdraw = f"/invitations/{Invitation.objects.get().pk}/withdraw/"
    for answer in (charlies.get("/invitations/"), charlies.post("/invitations/"), charlies.post(withdraw)):
        assert answer.status_code == 404
    for answer in (guest.get("/invitations/"), guest.post(withdraw)):
        assert answer.status_code == 302
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("token", ["wrong", "0" * 32])
def test_a_wrong_token_is_a_404(guest: Client, bob: User, token: str) -> None:
    assert guest.get(f"/invitations/{token}/").status_code == 404
    assert guest.post(f"/invitations/{token}/", NEW).status_code == 404
