"""What people call the users, groups and keys of the ledger's rows, also when those are gone."""

from collections.abc import Collection

from django.contrib.auth.models import Group

from chat.models import ApiKey, User

GONE_OR_NONE = {
    "user": ("deleted user", "nobody"),
    "group": ("deleted group", "no group"),
    "key": ("deleted key", "no key"),
}


def pseudonym(user_id: int | None) -> str:
    """What stands for a user who was erased."""
    return f"deleted user {user_id}" if user_id else ""


def names_of(what: str, values: Collection[int | str]) -> dict[int | str, str]:
    """Of values of a column, see `span.COLUMNS`: by their numbers, or as they are. One query at most.

    A key is told from other people's by its owner.
    """
    if what not in GONE_OR_NONE:
        return {value: str(value) for value in values}
    gone, none = GONE_OR_NONE[what]
    found = _found(what, values)
    return {value: found.get(int(value)) or (f"{gone} {value}" if value else none) for value in values}


def _found(what: str, numbers: Collection[int | str]) -> dict[int, str]:
    if what == "user":
        return dict(User.objects.filter(pk__in=numbers).values_list("pk", "username"))
    if what == "group":
        return dict(Group.objects.filter(pk__in=numbers).values_list("pk", "name"))
    keys = ApiKey.objects.filter(pk__in=numbers).values_list("pk", "name", "user__username")
    return {pk: f"{name} ({owner})" for pk, name, owner in keys}
