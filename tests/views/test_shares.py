"""Sharing: what its owner can do and what its readers see; the refusals in the same order everywhere."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation, Message, Share, User
from chat.transfer import share, shares
from tests.said import answered, asked

HTMX = {"HX-Request": "true"}
HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x">'


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Alice's, with a question and its answer."""
    made = Conversation.objects.create(owner=alice, title="Hers", settings={"system": "My own secret"})
    add(made, "Only <b>hers</b>", "An **answer**")
    return made


@pytest.fixture
def shared(conversation: Conversation) -> Share:
    return share(conversation, None)


def add(conversation: Conversation, question: str, text: str, *, state: str = "done") -> Message:
    """A question and its answer below what is there; the answer."""
    parent = conversation.messages.order_by("pk").last()
    error = "Words for alice alone" if state == "failed" else ""
    return answered(
        asked(conversation, question, below=parent), text, state=state, model="mistral-tiny", error=error
    )


def read(client: Client, share: Share, query: str = "") -> str:
    answer = client.get(share.get_absolute_url() + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals_of_a_conversation(
    guest: Client, charlies: Client, bobs: Client, conversation: Conversation, method: str
) -> None:
    url = f"/conversations/{conversation.pk}/shares/"
    assert getattr(guest, method)(url).status_code == (405 if method == "get" else 302)
    for stranger in (charlies, bobs):  # staff see usage, not content
        assert getattr(stranger, method)(url).status_code == (405 if method == "get" else 404)
    assert not Share.objects.exists()


@pytest.mark.parametrize("path", ["update/", "end/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_refusals_of_a_share(
    guest: Client, charlies: Client, bobs: Client, shared: Share, path: str, method: str
) -> None:
    add(shared.conversation, "Later", "Much later")
    url = f"/shares/{shared.pk}/{path}"
    assert getattr(guest, method)(url).status_code == (405 if method == "get" else 302)
    for stranger in (charlies, bobs):
        assert getattr(stranger, method)(url).status_code == (405 if method == "get" else 404)
    assert Share.objects.get().snapshot == shared.snapshot


def test_refusals_of_the_list(guest: Client, charlies: Client, bobs: Client, shared: Share) -> None:
    assert guest.get("/shares/").headers["Location"] == "/accounts/login/?next=/shares/"
    for stranger in (charlies, bobs):
        page = stranger.get("/shares/").content.decode()
        assert shared.token not in page
        assert "You share no chat." in page


def test_sharing_leads_to_the_list_with_the_address(alices: Client, conversation: Conversation) -> None:
    answer = alices.post(f"/conversations/{conversation.pk}/shares/")
    made = Share.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/shares/#share-{made.pk}")
    assert f"http://testserver/shared/{made.token}/" in alices.get("/shares/").content.decode()


def test_an_htmx_form_gets_the_address_below_the_button(alices: Client, conversation: Conversation) -> None:
    answer = alices.post(f"/conversations/{conversation.pk}/shares/", headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"http://testserver/shared/{Share.objects.get().token}/" in page
    assert "<html" not in page


def test_everybody_reads_it_also_without_an_account(
    guest: Client, charlies: Client, bobs: Client, alices: Client, shared: Share
) -> None:
    for reader in (guest, charlies, bobs, alices):
        page = read(reader, shared)
        assert "Only &lt;b&gt;hers&lt;/b&gt;" in page
        assert "An <strong>answer</strong>" in page
        assert "mistral-tiny" in page
        assert 'role="log" aria-label="Messages"' in page


def test_nothing_of_its_owner_is_in_it_but_the_messages(guest: Client, shared: Share) -> None:
    page = read(guest, shared)
    for secret in ("alice", "My own secret", f"conversations/{shared.conversation_id}"):
        assert secret not in page


def test_no_cache_and_no_search_engine_keeps_it_and_no_other_site_hears_of_it(
    guest: Client, alices: Client, shared: Share
) -> None:
    answer = guest.get(shared.get_absolute_url())
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert alices.get(shared.get_absolute_url()).headers["Referrer-Policy"] == "same-origin"


def test_it_stays_as_it_was_until_it_is_updated(alices: Client, guest: Client, shared: Share) -> None:
    add(shared.conversation, "Later", "Much later")
    shared.conversation.rename("Another title")
    before = read(guest, shared)
    assert "Much later" not in before
    assert "Another title" not in before

    answer = alices.post(f"/shares/{shared.pk}/update/")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/shares/#share-{shared.pk}")
    after = read(guest, shared)
    assert "Much later" in after
    assert "Another title" in after


def test_an_update_is_dated(alices: Client, guest: Client, shared: Share) -> None:
    assert "updated on" not in read(guest, shared)
    Share.objects.update(created_at=timezone.now() - timedelta(days=1))
    alices.post(f"/shares/{shared.pk}/update/")
    assert "updated on" in read(guest, shared)


def test_only_the_branch_that_ends_with_the_leaf_is_shared(
    alices: Client, guest: Client, conversation: Conversation
) -> None:
    leaf = conversation.messages.get(role="assistant")
    add(conversation, "Later", "Much later")
    alices.post(f"/conversations/{conversation.pk}/shares/", {"leaf": leaf.pk})
    page = read(guest, Share.objects.get())
    assert "An <strong>answer</strong>" in page
    assert "Much later" not in page


def test_an_update_can_name_the_branch_too(alices: Client, guest: Client, shared: Share) -> None:
    leaf = shared.conversation.messages.get(role="assistant")
    add(shared.conversation, "Later", "Much later")
    alices.post(f"/shares/{shared.pk}/update/", {"leaf": leaf.pk}, headers=HTMX)
    assert "Much later" not in read(guest, shared)


@pytest.mark.parametrize("path", ["/conversations/{conversation}/shares/", "/shares/{share}/update/"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_leaf_of_somebody_else_is_a_404(
    alices: Client, shared: Share, charlie: User, path: str, headers: dict[str, str]
) -> None:
    theirs = add(Conversation.objects.create(owner=charlie, title="His"), "His", "His own")
    url = path.format(conversation=shared.conversation_id, share=shared.pk)
    assert alices.post(url, {"leaf": theirs.pk}, headers=headers).status_code == 404
    assert Share.objects.get().snapshot == shared.snapshot


@pytest.mark.parametrize("leaf", ["abc", "-1", "0", "99999999999999999999", "1\x00"])
@pytest.mark.parametrize("path", ["/conversations/{conversation}/shares/", "/shares/{share}/update/"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_leaf_that_is_no_number_is_refused_with_a_sentence(
    alices: Client, shared: Share, path: str, leaf: str, headers: dict[str, str]
) -> None:
    url = path.format(conversation=shared.conversation_id, share=shared.pk)
    answer = alices.post(url, {"leaf": leaf}, headers=headers)
    assert answer.status_code == 422
    assert "did not say which message" in answer.content.decode()
    assert answer.headers.get("HX-Retarget") == ("#share" if headers else None)
    assert Share.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_empty_conversation_cannot_be_shared(alices: Client, alice: User, headers: dict[str, str]) -> None:
    empty = Conversation.objects.create(owner=alice, title="Empty")
    answer = alices.post(f"/conversations/{empty.pk}/shares/", headers=headers)
    assert answer.status_code == 422
    assert "There is nothing to share yet" in answer.content.decode()


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MOST_SHARES", 1)
    monkeypatch.setattr(shares, "SHARED_CHARACTERS", 99)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.usefixtures("small_limits")
def test_a_person_shares_so_many_chats_and_no_more(
    alices: Client, shared: Share, headers: dict[str, str]
) -> None:
    answer = alices.post(f"/conversations/{shared.conversation_id}/shares/", headers=headers)
    assert answer.status_code == 429
    assert "end one of them first" in answer.content.decode()
    assert Share.objects.count() == 1


def test_a_message_that_costs_too_much_to_render_is_not_shared(
    alices: Client, shared: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "MESSAGE_CHARACTERS", 99)
    assert alices.post(f"/conversations/{shared.conversation_id}/shares/").status_code == 303
    add(shared.conversation, "Long", "x" * 100)
    assert alices.post(f"/conversations/{shared.conversation_id}/shares/").status_code == 413


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.usefixtures("small_limits")
def test_what_is_too_long_is_not_shared(alices: Client, shared: Share, headers: dict[str, str]) -> None:
    add(shared.conversation, "Long", "x" * 100)
    for url in (f"/conversations/{shared.conversation_id}/shares/", f"/shares/{shared.pk}/update/"):
        answer = alices.post(url, headers=headers)
        assert answer.status_code == 413
        assert "too long to be shared" in answer.content.decode()
    assert Share.objects.get().snapshot == shared.snapshot


def test_ending_it_reaches_readers_at_once(alices: Client, guest: Client, shared: Share) -> None:
    read(guest, shared)
    answer = alices.post(f"/shares/{shared.pk}/end/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/shares/")
    assert guest.get(shared.get_absolute_url()).status_code == 404
    assert alices.post(f"/shares/{shared.pk}/end/").status_code == 404
    assert alices.post(f"/shares/{shared.pk}/update/").status_code == 404
    assert alices.post(f"/shares/{shared.pk}/update/", headers=HTMX).status_code == 404


def test_ending_it_below_the_button_offers_a_new_address(alices: Client, shared: Share) -> None:
    page = alices.post(f"/shares/{shared.pk}/end/", headers=HTMX).content.decode()
    assert shared.token not in page
    assert "Create link" in page


def test_a_deleted_conversation_is_shared_no_more_until_it_is_restored(
    alices: Client, guest: Client, charlies: Client, shared: Share
) -> None:
    shared.conversation.delete_with_undo()
    assert guest.get(shared.get_absolute_url()).status_code == 404
    assert charlies.post(f"{shared.get_absolute_url()}copy/").status_code == 404
    assert alices.post(f"/shares/{shared.pk}/update/").status_code == 404
    assert shared.token not in alices.get("/shares/").content.decode()
    shared.conversation.restore()
    read(guest, shared)
    shared.conversation.delete_with_undo()
    shared.conversation.purge()
    assert not Share.objects.exists()


def test_nobody_reads_what_a_deactivated_account_shared(
    guest: Client, charlies: Client, shared: Share, alice: User
) -> None:
    alice.is_active = False
    alice.save()
    assert guest.get(shared.get_absolute_url()).status_code == 404
    assert charlies.post(f"{shared.get_absolute_url()}copy/").status_code == 404


@pytest.mark.parametrize("token", ["x", "x" * 32, "%00", "..%2f", "²"])
def test_another_address_leads_nowhere(guest: Client, charlies: Client, shared: Share, token: str) -> None:
    assert guest.get(f"/shared/{token}/").status_code == 404
    assert charlies.post(f"/shared/{token}/copy/").status_code == 404


def test_two_shares_have_addresses_that_have_nothing_in_common(conversation: Conversation) -> None:
    first, second = share(conversation, None), share(conversation, None)
    assert len(first.token) == len(second.token) == 32
    assert first.token != second.token


def test_what_people_and_models_wrote_is_shown_as_text(guest: Client, alices: Client, alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title=HOSTILE)
    add(conversation, HOSTILE, f"{HOSTILE}\n\n![x](https://evil.example/y) [z](javascript:alert(1))")
    made = share(conversation, None)
    panel = alices.post(f"/conversations/{conversation.pk}/shares/", headers=HTMX).content.decode()
    for page in (read(guest, made), alices.get("/shares/").content.decode(), panel):
        assert "<script>alert" not in page
        assert "<img" not in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("running", "still being written when the chat was shared"),
        ("stopped", "was stopped"),
        ("interrupted", "was interrupted"),
        ("failed", "This reply failed."),
    ],
)
def test_how_a_reply_ended_is_told_without_the_words_for_its_owner(
    guest: Client, conversation: Conversation, state: str, words: str
) -> None:
    add(conversation, "Again", "So far", state=state)
    page = read(guest, share(conversation, None))
    assert words in page
    assert "Words for alice alone" not in page


def test_of_long_messages_fewer_are_shown_and_links_lead_to_each_of_them(
    guest: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.views.shared.WINDOW_CHARACTERS", 250)
    long = Conversation.objects.create(owner=alice, title="Long")
    for number in range(4):
        add(long, f"Question {number}.", f"Answer {number}. " + "word " * (20 if number != 1 else 100))
    shared = share(long, None)
    pages, query = [], ""
    while not pages or pages[-1]["older"]:
        pages.append(guest.get(shared.get_absolute_url() + query).context)
        query = f"?before={pages[-1]['older']}"
    shown = [[message.number for message in page["messages"]] for page in pages]
    assert shown == [
        [5, 6, 7, 8],
        [4],
        [1, 2, 3],
    ]  # the fourth is longer than a page, and on one all the same
    assert [page["newer"] for page in pages] == [None, None, 5]


def test_a_hundred_messages_are_shown_and_links_lead_to_the_others(guest: Client, alice: User) -> None:
    long = Conversation.objects.create(owner=alice, title="Long")
    for number in range(1, 126):
        add(long, f"Question {number}.", f"Answer {number}.")
    shared = share(long, None)
    newest, middle, oldest = (read(guest, shared, query) for query in ("", "?before=151", "?before=51"))
    assert [page.count("<article") for page in (newest, middle, oldest)] == [100, 100, 50]
    assert "Question 76." in newest
    assert "Answer 125." in newest
    assert 'href="?before=151"' in newest
    assert "Newer messages" not in newest
    assert "Question 26." in middle
    assert "Answer 75." in middle
    assert 'href="?before=51"' in middle
    assert f'href="{shared.get_absolute_url()}"' in middle
    assert "Question 1." in oldest
    assert "Older messages" not in oldest
    assert f'href="{shared.get_absolute_url()}?before=151"' in oldest


@pytest.mark.parametrize("before", ["", "0", "1", "4", "-1", "abc", "9" * 30, "²"])
def test_a_place_that_is_not_there_is_a_404(guest: Client, shared: Share, before: str) -> None:
    assert guest.get(f"{shared.get_absolute_url()}?before={before}").status_code == 404


def test_a_reader_copies_it_into_a_chat_of_their_own(charlies: Client, charlie: User, shared: Share) -> None:
    answer = charlies.post(f"{shared.get_absolute_url()}copy/")
    copied = Conversation.objects.get(owner=charlie)
    assert (answer.status_code, answer.headers["Location"]) == (303, copied.get_absolute_url())
    page = charlies.get(copied.get_absolute_url()).content.decode()
    assert "An <strong>answer</strong>" in page
    assert copied.title == "Hers"
    assert copied.settings == {}
    shared.end()
    assert charlies.get(copied.get_absolute_url()).status_code == 200


def test_its_owner_copies_it_too_as_often_as_they_like(alices: Client, shared: Share) -> None:
    for _ in range(2):
        assert alices.post(f"{shared.get_absolute_url()}copy/").status_code == 303
    assert Conversation.objects.count() == 3


def test_a_guest_is_led_to_the_log_in_page_and_back(guest: Client, shared: Share) -> None:
    where = shared.get_absolute_url()
    assert f'href="/accounts/login/?next={where.replace("/", "%2F")}"' in read(guest, shared)
    assert guest.post(f"{where}copy/").headers["Location"] == "/accounts/login/?next=/"
    assert guest.get(f"{where}copy/").status_code == 405
    assert Conversation.objects.count() == 1


def test_the_page_of_a_conversation_offers_what_can_be_done_with_its_share(
    alices: Client, shared: Share
) -> None:
    page = alices.get(shared.conversation.get_absolute_url()).content.decode()
    for offered in (shared.token, f"/shares/{shared.pk}/update/", f"/shares/{shared.pk}/end/"):
        assert offered in page


@pytest.mark.parametrize("path", ["/shares/", "/conversations/{conversation}/"])
def test_what_was_shared_is_not_read_where_only_its_address_is_shown(
    alices: Client, shared: Share, path: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        page = alices.get(path.format(conversation=shared.conversation_id)).content.decode()
    assert shared.token in page
    assert not [query["sql"] for query in queries if "snapshot" in query["sql"]]
