"""What is found, on either database: the same suite runs on both."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation, Message, User
from chat.search import PAGE, messages, parse
from tests.search.writing import conversation, found, say, titles


@pytest.fixture
def talk(alice: User) -> Conversation:
    return conversation(alice, "Größe der Hunde")


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Where is the café?", "cafe"),
        ("Where is the cafe?", "CAFÉ"),
        ("Where is the cafe\u0301?", "café "),
        ("Łódź, Straße, Ærø", "strasse"),
        ("Größe", "grosse"),
        ("İstanbul", "istanbul"),
        ("ΌΔΟΣ", "οδος"),
        ("Ёлка", "елка"),
        ("हिन्दी में", "हिन्दी"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("مَرْحَبًا", "مرحبا"),
        ("\u13a0\u13c2\u13f4", "\u13a0\u13c2\u13f4"),  # Cherokee, whose capitals are what folding makes
        ("東京タワーは高い", "タワー"),
        ("東京タワーは高い", "京タ"),
        ("中文的句子", "句子"),
        ("한국어 문장", "국어"),
        ("iPhone手机", "iphone手"),
        ("𠀀𠀁𠀂", "𠀁𠀂"),
        ("ﷺ and more", "وسلم"),
        ("don't", "don\u2019t"),
        ("mail bob@example.org now", "bob@example.org"),
        ("pi is 3.14159", "3.14159"),
        ("2fa and 3d on x86", "2fa 3d x86 "),
        ("1e5 0x1F 10km 2nd v1.2.3-beta4", "1e5 0x1f 10km 2nd v1.2.3-beta4 "),
        ("snake_case and kebab-case", "snake_case kebab-case "),
        ("https://example.org/a/b?c=d", "example.org/a/b"),
        ("12345", "123"),
        ("a lonely long word " + "w" * 3000, "w" * 3000),
        ("a lonely long word " + "w" * 3000, "w" * 100),
        ("x" * 90_000 + " end", "end"),
    ],
)
def test_text_is_found(talk: Conversation, alice: User, text: str, typed: str) -> None:
    say(talk, "something else", text)
    assert found(alice, typed) == [text]


def test_only_the_last_word_goes_on_and_only_while_it_is_typed(talk: Conversation, alice: User) -> None:
    say(talk, "photographs of mountains")
    assert found(alice, "photographs mount")
    assert not found(alice, "photo mountains")
    assert not found(alice, "photographs mount ")
    assert not found(alice, '"photographs of mount"')
    assert found(alice, '"photographs of mount')


def test_all_words_must_be_in_one_message(talk: Conversation, alice: User) -> None:
    say(talk, "red apples", "green pears", "green apples with red pears")
    assert found(alice, "red pears ") == ["green apples with red pears"]


def test_a_phrase_is_words_in_their_order(talk: Conversation, alice: User) -> None:
    say(talk, "to be or not to be", "not to or be to")
    assert found(alice, '"or not to"') == ["to be or not to be"]
    assert found(alice, '"OR, NOT: TO!"') == ["to be or not to be"]
    assert not found(alice, '"r not t"')


def test_a_phrase_at_the_end_of_a_long_text_is_found(talk: Conversation, alice: User) -> None:
    """Behind position 16,383 and the 256th time of its words, where PostgreSQL forgets."""
    text = "the cat " * 12_000 + "sat on the very last mat"
    say(talk, text, "的" * 30_000 + "最後的句子")
    assert found(alice, '"the very last mat"') == [text]
    assert not found(alice, '"the mat"')
    assert len(found(alice, "最後的句子")) == 1


def test_a_sign_is_not_found_across_others(talk: Conversation, alice: User) -> None:
    say(talk, "日曜日は本を読む")
    assert not found(alice, "日本")
    assert found(alice, "日 本")


def test_a_minus_takes_messages_away(talk: Conversation, alice: User) -> None:
    say(talk, "tea and milk", "tea and lemon", "tea with lemon and honey")
    assert found(alice, "tea -lemon") == ["tea and milk"]
    assert found(alice, '-"lemon and" tea') == ["tea and lemon", "tea and milk"]
    assert found(alice, "tea -lem") == found(alice, "tea")  # what is excluded is a whole word
    assert found(alice, "-milk -honey") == ["tea and lemon"]


def test_titles_are_found_and_narrow_messages(talk: Conversation, alice: User) -> None:
    say(talk, "they bark")
    say(conversation(alice, "Cats"), "they do not bark")
    assert titles(alice, "grosse") == ["Größe der Hunde"]
    assert titles(alice, "title:hun") == ["Größe der Hunde"]
    assert titles(alice, 'title:"der hunde"') == ["Größe der Hunde"]
    assert not titles(alice, 'title:"hunde der"')
    assert titles(alice, "-hunde title:c") == ["Cats"]
    assert found(alice, "title:hunde bark") == ["they bark"]
    assert found(alice, 'title:"größe der" bark') == ["they bark"]
    assert not found(alice, "title:hunde")  # asks for conversations alone


def test_days_are_those_of_the_site(talk: Conversation, alice: User, settings: object) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"  # type: ignore[attr-defined]
    timezone.get_default_timezone.cache_clear()
    midnight = datetime(2026, 4, 30, 15, tzinfo=UTC)  # in Tokyo
    say(talk, "before it", created_at=midnight - timedelta(seconds=1))
    say(talk, "at it", created_at=midnight)
    try:
        for day in ("2026-05-01", "2026-05", "2026/5/1"):
            assert found(alice, f"it before:{day}") == ["before it"]
            assert found(alice, f"it after:{day}") == ["at it"]
        assert found(alice, "after:2026") == ["at it", "before it"]
        assert found(alice, "before:2026-05-02 after:2026-04-30 -before") == ["at it"]
        assert not found(alice, "before:2026")
    finally:
        timezone.get_default_timezone.cache_clear()


def test_what_is_archived_is_found_there_and_only_there(alice: User) -> None:
    say(conversation(alice, "Put away", archived=True), "an old idea")
    say(conversation(alice, "At hand"), "a new idea")
    assert found(alice, "idea") == ["a new idea"]
    assert found(alice, "idea in:archive") == ["an old idea"]
    assert found(alice, "in:archive") == ["an old idea"]
    assert titles(alice, "put") == []
    assert titles(alice, "in:archive put") == ["Put away"]


def test_what_is_deleted_is_found_nowhere_until_it_is_restored(talk: Conversation, alice: User) -> None:
    say(talk, "gone")
    talk.delete_with_undo()
    for typed in ("gone", "gone in:archive", "hunde", "title:hunde", "-x"):
        assert (found(alice, typed), titles(alice, typed)) == ([], [])
    talk.restore()
    assert found(alice, "gone") == ["gone"]


def test_everybody_finds_their_own(talk: Conversation, alice: User, bob: User, charlie: User) -> None:
    say(talk, "a secret")
    for typed in ("secret", "-other", "after:2020", f"@{alice.pk}", f"secret OR @{alice.pk}", "title:hunde"):
        for other in (charlie, bob):
            assert (found(other, typed), titles(other, typed)) == ([], [])
    assert found(alice, "secret") == ["a secret"]


def test_pages_follow_each_other_newest_first(talk: Conversation, alice: User) -> None:
    said = say(talk, *(f"number {n}" for n in range(2 * PAGE + 1)))
    pages, below = [], None
    while True:
        page, below = messages(alice, parse("number"), below=below)
        pages.append([entry.message for entry in page])
        if below is None:
            break
    assert [len(page) for page in pages] == [PAGE, PAGE, 1]
    assert [message for page in pages for message in page] == said[::-1]


def test_a_page_that_ends_with_the_last_result_is_the_last(talk: Conversation, alice: User) -> None:
    say(talk, *(f"number {n}" for n in range(PAGE)))
    assert messages(alice, parse("number"))[1] is None


def test_a_rare_word_is_found_behind_thousands_of_newer_messages(talk: Conversation, alice: User) -> None:
    say(talk, "the needle", "another needle")
    Message.objects.bulk_create(
        Message(conversation=talk, role="user", text="hay", search_text="hay") for _ in range(2500)
    )
    assert found(alice, "needle") == ["another needle", "the needle"]
    first, below = messages(alice, parse("hay"))
    assert (len(first), below) == (PAGE, first[-1].message.pk)


def test_a_text_is_read_as_far_as_it_is_searched(talk: Conversation, alice: User) -> None:
    for _ in range(PAGE):
        say(talk, "A word " + "and more of them " * 100_000)
    parsed = parse("word ")
    tracemalloc.start()
    entries, _ = messages(alice, parsed)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [str(entry.snippet)[:20] for entry in entries] == ["A <mark>word</mark> "] * PAGE
    assert most < 10_000_000  # of texts of 34 MB
