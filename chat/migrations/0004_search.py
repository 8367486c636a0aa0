"""Full text inside the main database, kept right by the database itself.

SQLite: one FTS5 table for messages and one for titles, followed by triggers. `search_text` is folded already, so the
`ascii` tokenizer, which knows nothing but spaces, is exact. Neither positions nor sizes are kept. Beside its words
each row has its owner's number as a word of its own, `@7`.

PostgreSQL: a generated column on each table. Its parser would take words apart by its locale and refuse long ones;
the function below takes the words as they are. More than 500 characters of a word are not indexed.

On SQLite a later migration that alters Conversation or Message makes the table anew, and the triggers would go with
the old one: it fails until it is put between `RunPython(drop, create)` and `RunPython(create, drop)` of this module.
"""

from typing import Any

from django.db import migrations

SQLITE = [
    """
    CREATE VIEW chat_message_folded AS
        SELECT m.id AS id, '@' || c.owner_id || ' ' || m.search_text AS words
        FROM chat_message m JOIN chat_conversation c ON c.id = m.conversation_id
    """,
    """
    CREATE VIEW chat_conversation_folded AS
        SELECT id, '@' || owner_id || ' ' || search_title AS words FROM chat_conversation
    """,
    """
    CREATE VIRTUAL TABLE chat_message_words USING fts5 (
        words, content='chat_message_folded', content_rowid='id',
        tokenize="ascii tokenchars '@'", detail=none, columnsize=0, prefix='1 2 3'
    )
    """,
    """
    CREATE VIRTUAL TABLE chat_conversation_words USING fts5 (
        words, content='chat_conversation_folded', content_rowid='id',
        tokenize="ascii tokenchars '@'", detail=none, columnsize=0, prefix='1 2 3'
    )
    """,
    """
    CREATE TRIGGER chat_message_words_insert AFTER INSERT ON chat_message BEGIN
        INSERT INTO chat_message_words (rowid, words)
            SELECT NEW.id, '@' || owner_id || ' ' || NEW.search_text
            FROM chat_conversation WHERE id = NEW.conversation_id;
    END;
    """,
    """
    CREATE TRIGGER chat_message_words_update AFTER UPDATE OF search_text, conversation_id ON chat_message
    WHEN OLD.search_text <> NEW.search_text OR OLD.conversation_id <> NEW.conversation_id BEGIN
        INSERT INTO chat_message_words (chat_message_words, rowid, words)
            SELECT 'delete', OLD.id, '@' || owner_id || ' ' || OLD.search_text
            FROM chat_conversation WHERE id = OLD.conversation_id;
        INSERT INTO chat_message_words (rowid, words)
            SELECT NEW.id, '@' || owner_id || ' ' || NEW.search_text
            FROM chat_conversation WHERE id = NEW.conversation_id;
    END;
    """,
    """
    CREATE TRIGGER chat_message_words_delete AFTER DELETE ON chat_message BEGIN
        INSERT INTO chat_message_words (chat_message_words, rowid, words)
            SELECT 'delete', OLD.id, '@' || owner_id || ' ' || OLD.search_text
            FROM chat_conversation WHERE id = OLD.conversation_id;
    END;
    """,
    """
    CREATE TRIGGER chat_conversation_words_insert AFTER INSERT ON chat_conversation BEGIN
        INSERT INTO chat_conversation_words (rowid, words)
            VALUES (NEW.id, '@' || NEW.owner_id || ' ' || NEW.search_title);
        INSERT INTO chat_message_words (rowid, words)
            SELECT id, '@' || NEW.owner_id || ' ' || search_text FROM chat_message WHERE conversation_id = NEW.id;
    END;
    """,
    """
    CREATE TRIGGER chat_conversation_words_update AFTER UPDATE OF search_title, owner_id ON chat_conversation
    WHEN OLD.search_title <> NEW.search_title OR OLD.owner_id <> NEW.owner_id BEGIN
        INSERT INTO chat_conversation_words (chat_conversation_words, rowid, words)
            VALUES ('delete', OLD.id, '@' || OLD.owner_id || ' ' || OLD.search_title);
        INSERT INTO chat_conversation_words (rowid, words)
            VALUES (NEW.id, '@' || NEW.owner_id || ' ' || NEW.search_title);
    END;
    """,
    """
    CREATE TRIGGER chat_conversation_owner_update AFTER UPDATE OF owner_id ON chat_conversation
    WHEN OLD.owner_id <> NEW.owner_id BEGIN
        INSERT INTO chat_message_words (chat_message_words, rowid, words)
            SELECT 'delete', id, '@' || OLD.owner_id || ' ' || search_text
            FROM chat_message WHERE conversation_id = NEW.id;
        INSERT INTO chat_message_words (rowid, words)
            SELECT id, '@' || NEW.owner_id || ' ' || search_text FROM chat_message WHERE conversation_id = NEW.id;
    END;
    """,
    """
    CREATE TRIGGER chat_conversation_words_delete BEFORE DELETE ON chat_conversation BEGIN
        INSERT INTO chat_message_words (chat_message_words, rowid, words)
            SELECT 'delete', id, '@' || OLD.owner_id || ' ' || search_text
            FROM chat_message WHERE conversation_id = OLD.id;
        INSERT INTO chat_conversation_words (chat_conversation_words, rowid, words)
            VALUES ('delete', OLD.id, '@' || OLD.owner_id || ' ' || OLD.search_title);
    END;
    """,
    "INSERT INTO chat_message_words (chat_message_words) VALUES ('rebuild')",
    "INSERT INTO chat_conversation_words (chat_conversation_words) VALUES ('rebuild')",
]

SQLITE_BACK = [
    "DROP TRIGGER chat_message_words_insert",
    "DROP TRIGGER chat_message_words_update",
    "DROP TRIGGER chat_message_words_delete",
    "DROP TRIGGER chat_conversation_words_insert",
    "DROP TRIGGER chat_conversation_words_update",
    "DROP TRIGGER chat_conversation_owner_update",
    "DROP TRIGGER chat_conversation_words_delete",
    "DROP TABLE chat_message_words",
    "DROP TABLE chat_conversation_words",
    "DROP VIEW chat_message_folded",
    "DROP VIEW chat_conversation_folded",
]

POSTGRES = [
    """
    CREATE FUNCTION chat_words(folded text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT coalesce(array_to_tsvector(array_agg(left(word, 500))), '')
        FROM unnest(string_to_array(folded, ' ')) AS word WHERE word <> ''
    $$
    """,
    """
    ALTER TABLE chat_message
        ADD COLUMN search_words tsvector GENERATED ALWAYS AS (chat_words(search_text)) STORED
    """,
    """
    ALTER TABLE chat_conversation
        ADD COLUMN search_words tsvector GENERATED ALWAYS AS (chat_words(search_title)) STORED
    """,
    "CREATE INDEX message_words ON chat_message USING gin (search_words)",
    "CREATE INDEX conversation_words ON chat_conversation USING gin (search_words)",
]

POSTGRES_BACK = [
    "ALTER TABLE chat_message DROP COLUMN search_words",
    "ALTER TABLE chat_conversation DROP COLUMN search_words",
    "DROP FUNCTION chat_words",
]


def create(apps: Any, schema_editor: Any) -> None:
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    for statement in POSTGRES_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("chat", "0003_fill")]
    operations = [migrations.RunPython(create, drop)]
