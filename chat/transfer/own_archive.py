"""Everything of one's own in one file: a ZIP archive, made a piece at a time so that memory stays flat."""

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from allauth.usersessions.models import UserSession
from django.db.models import Q

from chat import usage
from chat.models import ApiKey, AuditEntry, BudgetRequest, SavedPrompt, Share, User
from chat.transfer.export_all import export_all


def own_archive(user: User) -> Iterator[bytes]:
    """account.json, conversations.json (which an import reads), prompts.json, usage.json and trail.json."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, pieces in _files(user):
            with archive.open(name, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield from sink.taken()
    yield from sink.taken()


class _Sink:
    """What ZipFile writes to: it gives the bytes on instead of keeping them."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        if pieces:
            yield b"".join(pieces)


def _files(user: User) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "account.json", [orjson.dumps(_account(user), option=orjson.OPT_INDENT_2)]
    yield "conversations.json", export_all(user)
    yield "prompts.json", _lines(SavedPrompt.objects.visible_to(user).order_by("pk").values("name", "text"))
    yield "usage.json", _lines(_usage(user))
    yield "trail.json", _lines(_trail(user))


def _account(user: User) -> dict[str, object]:
    keys = ApiKey.objects.filter(user=user).order_by("pk")
    wishes = BudgetRequest.objects.filter(user=user).select_related("budget__user", "budget__group")
    shares = Share.objects.filter(owner=user).order_by("pk")
    return {
        "username": user.username,
        "email": user.email,
        "name": user.get_full_name(),
        "joined_at": user.date_joined,
        "groups": list(user.groups.order_by("pk").values_list("name", flat=True)),
        "defaults": user.defaults,
        "api_keys": list(
            keys.values("name", "prefix", "enabled", "blocked", "created_at", "expires_at", "last_used_at")
        ),
        "requests_for_more": [_asked(wish) for wish in wishes.order_by("pk")],
        "sessions": list(
            UserSession.objects.filter(user=user).order_by("pk").values("created_at", "ip", "user_agent")
        ),
        "shares": list(shares.values("conversation_id", "title", "created_at", "updated_at")),
    }


def _asked(wish: BudgetRequest) -> dict[str, object]:
    return {
        "budget": str(wish.budget),
        "reason": wish.reason,
        "state": wish.state,
        "created_at": wish.created_at,
        "granted": wish.amount_words if wish.amount else None,
        "answer": wish.answer,
        "decided_at": wish.decided_at,
    }


def _usage(user: User) -> Iterator[dict[str, object]]:
    """The ledger's rows of everything that was ever asked in their name."""
    for row in usage.ledger_rows(usage.Span.ever(), usage.Only(user=user.pk)):
        yield dict(zip(usage.CSV_COLUMNS, row, strict=True))


def _trail(user: User) -> Iterable[object]:
    """What the audit trail says they did, or was tried with their name."""
    theirs = AuditEntry.objects.filter(Q(actor=user.pk) | Q(actor=None, subject=user.pk)).order_by("pk")
    return theirs.values("at", "action", "detail", "address").iterator()


def _lines(rows: Iterable[object]) -> Iterator[bytes]:
    """A JSON list, a row a line."""
    lead = b"[\n"
    for row in rows:
        yield lead + orjson.dumps(row)
        lead = b",\n"
    yield b"[]\n" if lead == b"[\n" else b"\n]\n"
