"""The database's own index follows its rows, whoever writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.db.models.functions import Now
from django.utils import timezone

from chat.folding import MOST_CHARACTERS, fold
from chat.models import Conversation, Message, User
from chat.replies.recover import Recover
from tests.accounts.traces import in_tables
from tests.search.writing import conversation, found, say, titles


@pytest.fixture(autouse=True)
def whole_index(db: None) -> Iterator[None]:
    """After every test the index is exactly what the rows are: FTS5 compares them itself."""
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table in ("chat_message_words", "chat_conversation_words"):
                cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


def test_what_is_written_anew_is_found_anew(alice: User) -> None:
    [message] = say(conversation(alice), "first words")
    Message.objects.filter(pk=message.pk).update(text="second words", search_text="second words")
    assert found(alice, "first ") == []
    assert found(alice, "second words ") == ["second words"]


def test_a_new_title_takes_the_place_of_the_old_one(alice: User) -> None:
    talk = conversation(alice, "Before")
    talk.rename("Afterwards")
    assert titles(alice, "before") == []
    assert titles(alice, "title:after") == ["Afterwards"]


def test_a_reply_is_found_once_its_text_is_written(alice: User) -> None:
    [message] = say(conversation(alice), "", role="assistant")
    assert found(alice, "answer") == []
    Message.objects.filter(pk=message.pk).update(text="The answer", search_text="the answer", html="<p>")
    assert found(alice, "answer") == ["The answer"]


def test_many_rows_at_once_are_followed(alice: User) -> None:
    talks = Conversation.objects.bulk_create(
        Conversation(owner=alice, title=f"t{n}", search_title=f"t{n}") for n in range(3)
    )
    made = Message.objects.bulk_create(
        Message(conversation=talk, role="user", text=f"m{n}", search_text=f"m{n} all")
        for n, talk in enumerate(talks)
    )
    assert found(alice, "all ") == ["m2", "m1", "m0"]
    for row in made:
        row.search_text = row.search_text.replace("all", "changed")
    Message.objects.bulk_update(made, ["search_text"])
    assert (found(alice, "all "), len(found(alice, "changed "))) == ([], 3)
    Message.objects.filter(pk__in=[made[0].pk, made[1].pk]).delete()
    assert found(alice, "changed ") == ["m2"]


def test_what_is_purged_leaves_nothing(alice: User) -> None:
    talk, kept = conversation(alice, "Going"), conversation(alice, "Staying")
    say(talk, "going away", "going on")
    say(kept, "going nowhere")
    talk.delete_with_undo()
    talk.purge()
    assert found(alice, "going") == ["going nowhere"]
    assert titles(alice, "going") == []


def test_a_person_who_goes_takes_everything_along(alice: User, bob: User) -> None:
    say(conversation(alice, "Hers"), "hers")
    say(conversation(bob, "His"), "his")
    alice.delete()
    assert found(bob, "his") == ["his"]
    assert not Message.objects.filter(text="hers").exists()


def test_a_conversation_that_changes_hands_is_found_by_the_new_owner(alice: User, bob: User) -> None:
    talk = conversation(alice, "Handed over")
    say(talk, "some words")
    Conversation.objects.filter(pk=talk.pk).update(owner=bob)
    assert (found(bob, "some"), titles(bob, "handed")) == (["some words"], ["Handed over"])
    assert (found(alice, "some"), titles(alice, "handed")) == ([], [])


def test_a_message_that_moves_is_found_where_it_is(alice: User, bob: User) -> None:
    [message] = say(conversation(alice), "moving")
    Message.objects.filter(pk=message.pk).update(conversation=conversation(bob))
    assert (found(alice, "moving"), found(bob, "moving")) == ([], ["moving"])


def test_what_is_rolled_back_is_not_found(alice: User) -> None:
    talk = conversation(alice, "Kept")
    with pytest.raises(IntegrityError), transaction.atomic():
        say(talk, "never said")
        talk.rename("Never called")
        Conversation.objects.create(owner=alice, uuid=talk.uuid, title="Twice")
    assert (found(alice, "never"), titles(alice, "never")) == ([], [])
    assert titles(alice, "kept") == ["Kept"]


@pytest.mark.only_on("sqlite")
def test_other_columns_do_not_touch_the_index(alice: User) -> None:
    talk = conversation(alice, "Still")
    [message] = say(talk, "still")
    with connection.cursor() as cursor:
        before = cursor.execute("SELECT total_changes()").fetchone()[0]
        Message.objects.filter(pk=message.pk).update(html="<p>", html_version=2, text="still")
        Message.objects.filter(pk=message.pk).update(search_text="still")
        Conversation.objects.filter(pk=talk.pk).update(updated_at=Now(), leaf=message, archived=False)
        talk.save()
        assert cursor.execute("SELECT total_changes()").fetchone()[0] - before == 4  # the rows themselves


def test_a_text_of_a_million_characters_can_be_written(alice: User) -> None:
    """PostgreSQL's tsvector holds less than a megabyte."""
    words = " ".join(str(uuid4()) for _ in range(30_000))
    signs = "".join(map(chr, range(0x20000, 0x2A6D0))) * 3
    for text in (words, signs, "w" * 1_100_000, " ".join(map(chr, range(0x10000, 0x1FFFF)))):
        say(conversation(alice), text)
        assert found(alice, fold(text)[:50])[:1] == [text]
    assert found(alice, words[MOST_CHARACTERS + 50 :][:36]) == []  # not searched, and so it is said


def test_no_model_is_changed(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@contextmanager
def migrated_to(name: str) -> Iterator[Any]:
    """The models as they were at that migration, and all of them again afterwards."""
    try:
        yield MigrationExecutor(connection).migrate([("chat", name)]).apps
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_what_was_there_before_is_indexed_by_the_migration() -> None:
    with migrated_to("0003_fill") as apps:
        old = apps.get_model("chat", "Conversation").objects.create(
            owner=apps.get_model("chat", "User").objects.create(username="dora"),
            title="Ältere",
            search_title="altere",
        )
        apps.get_model("chat", "Message").objects.create(
            conversation=old, role="user", text="Schon da", search_text="schon da"
        )
    dora = User.objects.get(username="dora")
    assert found(dora, "schon") == ["Schon da"]
    assert titles(dora, "alt") == ["Ältere"]


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Message, Conversation])
def test_a_later_migration_may_make_a_table_anew(alice: User, model: type[Model]) -> None:
    """As docs/decisions/search.md says; without that it would fail."""
    say(conversation(alice, "Older"), "older words")
    migration = import_module("chat.migrations.0004_search")
    with connection.schema_editor() as editor:
        migration.drop(None, editor)
        editor._remake_table(model)
        migration.create(None, editor)
    say(conversation(alice, "Newer"), "newer words")
    assert found(alice, "words") == ["newer words", "older words"]
    assert titles(alice, "title:newer") == ["Newer"]


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_the_words_of_a_deleted_conversation_leave_the_index(alice: User) -> None:
    for number in range(20):  # each a part of the index
        say(conversation(alice, f"Kept {number}"), f"Fjords {number}")
    gone = conversation(alice, "bqxsecrettitle")
    say(gone, "wqxsecretwords")
    gone.delete_with_undo()
    Conversation.objects.filter(pk=gone.pk).update(deleted_at=timezone.now() - timedelta(days=1))
    words = ("qxsecrettitle", "qxsecretwords")
    assert {trace.rpartition(" in ")[2] for trace in in_tables(words)} >= {
        "chat_conversation_words_data.block",
        "chat_message_words_data.block",
    }

    Recover(UUID(int=1), frozenset)._look(100.0)

    assert list(in_tables(words)) == []
    assert len(found(alice, "fjords ")) == 20
