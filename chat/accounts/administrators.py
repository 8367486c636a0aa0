"""Who may change everything: one of them always stays."""

from collections.abc import Iterable

from chat.models import User, one_at_a_time


class OnlyAdministrator(Exception):
    """Nobody would be left who may change everything; nothing is changed."""

    sentence = "You are the only administrator. Make somebody else one before you go."


def one_stays_without(leaving: Iterable[User]) -> bool:
    """Whether somebody may change everything when these may not any more.

    In a transaction, of several that ask at once each hears what came of the one before.
    """
    one_at_a_time("administrators")
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    numbers = [user.pk for user in leaving]
    return (
        not administrators.filter(pk__in=numbers).exists() or administrators.exclude(pk__in=numbers).exists()
    )
