"""Which email addresses are known to be somebody's."""

from allauth.account.models import EmailAddress

from chat.models import User


def was_entered_for(user: User) -> bool:
    """Whether an administrator entered the address of this user.

    Whatever people give themselves, at sign-up or later, has a row of allauth's that says whether it is confirmed.
    """
    return bool(user.email) and not EmailAddress.objects.filter(user=user, email__iexact=user.email).exists()


def take_over_entered(user: User) -> None:
    """What an administrator entered counts as confirmed, unless somebody else has confirmed it."""
    if was_entered_for(user):
        taken = EmailAddress.objects.filter(email__iexact=user.email, verified=True).exists()
        EmailAddress.objects.filter(user=user).update(primary=False)
        EmailAddress.objects.create(user=user, email=user.email.lower(), primary=True, verified=not taken)
