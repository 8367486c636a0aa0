"""Which email addresses are known to be somebody's."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from chat.models import User


@dataclass(frozen=True)
class Addresses:
    """The one that counts, and the one that is to take its place once it is confirmed."""

    current: EmailAddress | None
    new: EmailAddress | None


def addresses_of(user: User) -> Addresses:
    """As they are after take_over_entered(), without storing anything."""
    entered = _entered_for(user)
    current = EmailAddress.objects.get_verified(user)
    new = EmailAddress.objects.get_new(user)
    if entered is None:
        return Addresses(current, new)
    return Addresses(entered, new) if entered.verified else Addresses(current, entered)


def was_entered_for(user: User) -> bool:
    """Whether an administrator entered the address of this user.

    Whatever people give themselves, at sign-up or later, has a row of allauth's that says whether it is confirmed.
    """
    return bool(user.email) and not EmailAddress.objects.filter(user=user, email__iexact=user.email).exists()


def take_over_entered(user: User) -> None:
    """Store what an administrator entered, as allauth's forms expect it."""
    if entered := _entered_for(user):
        EmailAddress.objects.filter(user=user).update(primary=False)
        entered.save()


def _entered_for(user: User) -> EmailAddress | None:
    """What an administrator entered counts as confirmed, unless somebody else has confirmed it."""
    if not was_entered_for(user):
        return None
    taken = EmailAddress.objects.filter(email__iexact=user.email, verified=True).exists()
    return EmailAddress(user=user, email=user.email.lower(), primary=True, verified=not taken)
