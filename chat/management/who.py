"""The user that a command is about."""

from django.core.management.base import CommandError

from chat.models import User


def user_named(username: str) -> User:
    """Raises CommandError when there is none."""
    try:
        return User.objects.get(username=username)
    except User.DoesNotExist as error:
        raise CommandError(f"There is no user {username}.") from error
