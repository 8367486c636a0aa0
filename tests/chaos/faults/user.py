"""What users do in the middle of a reply: Stop, delete, undo, Regenerate, Continue."""

from dataclasses import replace
from uuid import uuid4

from tests.chaos.evidence import Asked
from tests.chaos.faults.fault import Fault, Script
from tests.chaos.talk import Talk
from tests.site import wait_for
from tests.upstream import Cut, Play

PURGED = 30.0  # s; looked for every 2 s
SOON = 5.0  # s for what takes half a second on an idle machine
BEYOND_UNDO = "2001-01-01 00:00:00+00"

STOPPED = frozenset({"stopped", "done"})


def stop(talk: Talk) -> None:
    talk.case.stopped = True
    talk.do(f"/replies/{talk.reply}/stop/")
    upstream_closes(talk)


def upstream_closes(talk: Talk) -> None:
    if not talk.case.hit and not talk.case.shaken:
        talk.upstream_closes(SOON)


def stop_twice(talk: Talk) -> None:
    stop(talk)
    talk.do(f"/replies/{talk.reply}/stop/")


def stop_at_once(talk: Talk) -> None:
    """Right after the send, whether it was asked yet or not."""
    talk.case.stopped = True
    talk.do(f"/replies/{talk.reply}/stop/")


def delete(talk: Talk) -> None:
    talk.case.stopped = talk.case.deleted = True
    talk.do(f"/conversations/{talk.conversation}/delete/")
    upstream_closes(talk)


def delete_for_good(talk: Talk) -> None:
    """Deleted, and the time for an undo has passed before the reply ends."""
    talk.case.stopped = talk.case.deleted = talk.case.purged = True
    talk.do(f"/conversations/{talk.conversation}/delete/")
    talk.ground.database.write_patiently(
        "UPDATE chat_conversation SET deleted_at = %s WHERE id = %s", BEYOND_UNDO, talk.conversation
    )
    upstream_closes(talk)


def is_purged(talk: Talk) -> None:
    sql = "SELECT id FROM chat_conversation WHERE id = %s"
    try:
        wait_for(lambda: not talk.ground.database.read(sql, talk.conversation), "the purge", PURGED)
    except AssertionError as error:
        talk.case.late.append(str(error))


def delete_user(talk: Talk) -> None:
    """By the administrator: the account goes, with all that belongs to it."""
    talk.case.stopped = talk.case.deleted = talk.case.purged = True
    (user,) = talk.ground.database.read("SELECT id FROM chat_user WHERE username = %s", talk.user)
    with talk.ground.browser("alice") as admin:
        talk.do(f"/admin/chat/user/{user[0]}/delete/", admin, post="yes")
    upstream_closes(talk)


def delete_and_undo(talk: Talk) -> None:
    talk.case.stopped = True
    talk.do(f"/conversations/{talk.conversation}/delete/")
    talk.do(f"/conversations/{talk.conversation}/restore/")


def regenerate(talk: Talk) -> None:
    rows = talk.ground.database.read(
        "SELECT message.parent_id FROM chat_message message "
        "JOIN chat_reply reply ON reply.message_id = message.id WHERE reply.id = %s",
        talk.reply,
    )
    talk.asks(talk.insist(Asked(str(uuid4())), f"/messages/{rows[0][0]}/replies/"))
    talk.follow()


def go_on(talk: Talk) -> None:
    if talk.ground.database.state_of(talk.reply) in ("interrupted", "stopped"):
        asked = talk.insist(Asked(str(uuid4())), f"/replies/{talk.reply}/continue/")
        talk.case.asked.append(replace(asked, places=frozenset()))
        talk.follow()


def cut_and_whole(script: Script) -> tuple[Play, ...]:
    return script.told(ending=Cut(script.somewhere())), script.told(gates=())


def whole_twice(script: Script) -> tuple[Play, ...]:
    return script.told(), script.told(gates=())


FAULTS = (
    Fault("Stop", act=stop, expects=STOPPED),
    Fault("Stop twice", act=stop_twice, expects=STOPPED),
    Fault("Stop after the end", after=stop_at_once),
    Fault("Stop at once", act=stop_at_once, expects=STOPPED),
    Fault("delete", act=delete, expects=STOPPED, deletes=True),
    Fault("delete for good", act=delete_for_good, after=is_purged, expects=STOPPED, deletes=True),
    Fault("user deleted", act=delete_user, after=is_purged, expects=STOPPED, deletes=True, own_user=True),
    Fault("delete and undo", act=delete_and_undo, expects=STOPPED),
    Fault("Regenerate", plays=whole_twice, after=regenerate, requests=2),
    Fault(
        "Continue", plays=cut_and_whole, after=go_on, expects=frozenset({"done", "interrupted"}), requests=2
    ),
    Fault("Stop and Continue", plays=whole_twice, act=stop, after=go_on, expects=STOPPED, requests=2),
)
