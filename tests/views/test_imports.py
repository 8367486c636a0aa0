"""Imports: the refusals, the form, and the page that tells what came of a file."""

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chat.models import Job, JobPart, User
from tests.transfer.chatgpt import simple


def upload(content: bytes | None = None, name: str = "conversations.json") -> dict:
    content = json.dumps([simple()]).encode() if content is None else content
    return {"file": SimpleUploadedFile(name, content)}


def test_refusals(guest: Client, charlies: Client, bobs: Client, alices: Client) -> None:
    assert guest.get("/imports/").status_code == 302
    assert guest.post("/imports/", upload()).status_code == 302
    assert Job.objects.count() == 0
    assert alices.post("/imports/", upload(name="hers.json")).status_code == 303
    for stranger in (charlies, bobs):
        page = stranger.get("/imports/")
        assert page.status_code == 200
        assert "hers.json" not in page.content.decode()
    assert alices.delete("/imports/").status_code == 405


def test_an_upload_is_stored_as_a_job(alices: Client, alice: User) -> None:
    content = b"x" * 600_000
    answer = alices.post("/imports/", upload(content, "a<b>.json"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/imports/")
    job = Job.objects.get()
    assert (job.owner, job.name, job.state, job.total) == (alice, "a<b>.json", "queued", 600_000)
    parts = JobPart.objects.filter(job=job).order_by("number")
    assert b"".join(bytes(part.data) for part in parts) == content
    page = alices.get("/imports/").content.decode()
    assert "a&lt;b&gt;.json" in page
    assert "<progress" in page
    assert 'http-equiv="refresh"' in page


def test_only_one_import_of_a_user_is_open(alices: Client, charlies: Client) -> None:
    assert alices.post("/imports/", upload()).status_code == 303
    second = alices.post("/imports/", upload())
    assert second.status_code == 409
    assert "Another import of yours is still running." in second.content.decode()
    assert charlies.post("/imports/", upload()).status_code == 303
    assert Job.objects.count() == 2


@pytest.mark.parametrize("fields", [{}, {"file": "a text"}, {"file": SimpleUploadedFile("a.json", b"")}])
def test_a_form_without_a_file_is_refused_with_a_sentence(alices: Client, fields: dict) -> None:
    answer = alices.post("/imports/", fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose a file first" in page or "The file is empty." in page
    assert Job.objects.count() == 0


def test_htmx_gets_the_fragment(alices: Client) -> None:
    alices.post("/imports/", upload())
    fragment = alices.get("/imports/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'hx-trigger="every 1s"' in fragment


def test_what_came_of_an_import_is_told(alices: Client, alice: User) -> None:
    tally = {"imported": 1200, "here": 3, "refused": 51, "told": ["conversations[3].title: is not a <text>"]}
    tally["named"] = [[7, "Named <i>so</i>"]]
    Job.objects.create(
        owner=alice, kind="import", name="x.json", state="done", result=tally, ended_at="2026-11-25T10:00Z"
    )
    page = alices.get("/imports/").content.decode()
    assert (
        "<strong>1,200</strong> imported, <strong>3</strong> already here, <strong>51</strong> refused"
        in page
    )
    assert "is not a &lt;text&gt;" in page
    assert "… and 50 more" in page
    assert "Named &lt;i&gt;so&lt;/i&gt;" in page
    assert "<progress" not in page


def test_a_file_that_could_not_be_read_says_where(alices: Client, alice: User) -> None:
    Job.objects.create(
        owner=alice,
        kind="import",
        name="x.json",
        state="failed",
        worker=uuid4(),
        error="line 7: is not valid JSON",
        ended_at="2026-11-25T10:00Z",
    )
    page = alices.get("/imports/").content.decode()
    assert "line 7: is not valid JSON<br>Nothing was imported." in page
