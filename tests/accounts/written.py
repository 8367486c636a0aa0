"""A user who has written a word of its own into every text that Parley takes."""

import json
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chat.jobs import Runner
from chat.models import ApiKey, Budget, Conversation, Folder, Job, JobKind, Message, Reply, User
from chat.transfer import Import
from tests.running import Running
from tests.site import wait_for
from tests.transfer.chatgpt import simple
from tests.upstream import Answer, Completion, Status, Upstream

# Each begins otherwise: an index keeps a word as what differs from the one before.
WORDS = {
    name: f"{beginning}zqxfjordword"
    for name, beginning in zip(
        (
            *("question", "edited", "answer", "title", "folder", "prompt", "prompt_text", "system", "share"),
            *("imported", "file", "waiting", "reason", "key", "echo", "username", "email", "first_name"),
            *("deleted_title", "deleted_text", "suggested", "default_system", "stop"),
        ),
        (f"{first}{second}" for first in "bcdfghklm" for second in "aeo"),
        strict=False,
    )
}


def send(client: Client, path: str, **fields: Any) -> Any:
    answer = client.post(path, fields)
    assert answer.status_code in (302, 303), (path, answer.status_code, answer.content[:2000])
    return answer


def newest_reply() -> Reply:
    return Reply.objects.latest("pk")


def write_everywhere(client: Client, user: User, process: Running, upstream: Upstream) -> None:
    """Every text that a user can write, each with a word of its own."""
    word = WORDS
    User.objects.filter(pk=user.pk).update(
        username=word["username"], email=f"{word['email']}@example.org", first_name=word["first_name"]
    )
    send(client, "/defaults/", system=word["default_system"])
    send(client, "/folders/", name=word["folder"])
    send(client, "/prompts/", name=word["prompt"], text=word["prompt_text"])
    upstream.play(Answer(f"It is {word['answer']}."))
    place = f"/conversations/?folder={Folder.objects.get().pk}"
    page = send(client, place, text=f"About {word['question']}", send_id=uuid4()).headers["Location"]
    process.ended(newest_reply())
    send(client, f"{page}settings/", system=word["system"], stop=word["stop"])
    upstream.play(Status(400, {"message": f"cannot parse '{word['echo']}'", "statusCode": 400}))
    question = Message.objects.filter(role="user").latest("pk")
    send(
        client,
        f"/messages/{question.pk}/edits/",
        text=f"Rather {word['edited']} {word['echo']}",
        send_id=uuid4(),
    )
    process.ended(newest_reply())
    send(client, f"{page}rename/", title=word["share"])
    send(client, f"{page}shares/")
    send(client, f"{page}rename/", title=word["title"])
    upstream.play(Completion(word["suggested"]))
    other = Conversation.objects.create(owner=user, title="Untitled")
    Message.objects.create(conversation=other, role="user", text="Hello")
    send(client, f"{other.get_absolute_url()}title/")
    gone = Conversation.objects.create(
        owner=user, title=word["deleted_title"], search_title=word["deleted_title"]
    )
    Message.objects.create(
        conversation=gone, role="user", text=word["deleted_text"], search_text=word["deleted_text"]
    )
    send(client, f"{gone.get_absolute_url()}delete/")
    import_a_file(client, name="a", text=word["imported"])
    runner = Runner.open({JobKind.IMPORT: Import})
    wait_for(lambda: Job.objects.get().state == "done", "the import")
    runner.close()
    import_a_file(client, name=word["file"], text=word["waiting"])
    budget = Budget.objects.create(user=user, period="day", unit="requests", limit=100)
    send(client, "/usage/requests/", budget=budget.pk, reason=word["reason"])
    ApiKey.objects.create(user=user, name=word["key"], prefix="pk-1", key_hash="0" * 64)


def import_a_file(client: Client, *, name: str, text: str) -> None:
    content = json.dumps([simple(text=text)]).encode()
    send(client, "/imports/", file=SimpleUploadedFile(f"{name}.json", content))
