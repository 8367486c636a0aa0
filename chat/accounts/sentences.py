"""An entry of the audit trail in words: who did what to whom."""

import datetime
from dataclasses import dataclass

from chat.models import COMMAND_LINE, SITE, Action, AuditEntry
from chat.usage import pseudonym

GUEST = "a guest"
# What leads from the action to the person whom it is about, where that is not "of".
TOWARDS = {
    Action.LOG_IN_FAILED: "as",
    Action.SIGNED_UP: "on an invitation of",
    Action.BUDGET_GRANTED: "to",
    Action.BUDGET_DECLINED: "to",
    Action.SHARED: "for",
    Action.IMPORTED: "for",
}
# Their details say what was exported, imported and deleted; those of others come after a colon.
WITH_OBJECT = {Action.EXPORTED, Action.IMPORTED, Action.DELETED}


@dataclass(frozen=True, kw_only=True)
class Line:
    """`did` and `more` stand before and after `subject`; `detail` is without who did it."""

    at: datetime.datetime
    actor: str
    is_person: bool
    did: str
    subject: str
    more: str
    action: str
    detail: str
    address: str

    @property
    def sentence(self) -> str:
        return " ".join(filter(None, (self.actor, self.did, self.subject))) + self.more


def line_of(entry: AuditEntry, actor_name: str | None, subject_name: str | None) -> Line:
    """The names are those of today; who has none was erased, and has a number."""
    detail = entry.detail
    if entry.is_from_console:
        detail = detail.removeprefix(COMMAND_LINE).removeprefix(": ")
    elif entry.is_from_site:
        detail = detail.removeprefix(f"{SITE}: ")
    subject = (subject_name or pseudonym(entry.subject_id)) if entry.subject_id else ""
    did, more = _around(Action(entry.action), detail, bool(subject))
    return Line(
        at=entry.at,
        actor=_actor(entry, actor_name),
        is_person=entry.actor_id is not None,
        did=did,
        subject=subject,
        more=more,
        action=entry.action,
        detail=detail,
        address=entry.address or "",
    )


def _actor(entry: AuditEntry, name: str | None) -> str:
    if entry.actor_id:
        return name or pseudonym(entry.actor_id)
    if entry.is_from_site:
        return f"the {SITE}"
    return f"the {COMMAND_LINE}" if entry.is_from_console else GUEST


def _around(action: Action, detail: str, has_subject: bool) -> tuple[str, str]:
    did = str(action.label)
    if detail and action in WITH_OBJECT:
        did, detail = f"{did} {detail}", ""
    if has_subject:
        did = f"{did} {TOWARDS.get(action, 'of')}"
    return did, f": {detail}" if detail else ""
