"""Titles as names of files: no path, nothing hidden, nothing turned around, never too long."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.transfer.file_names import attachment, file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Plans for 2027", "Plans for 2027.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ("..\\..\\boot.ini", "boot.ini.md"),
        (".bashrc", "bashrc.md"),
        ("🦜 parrot", "🦜 parrot.md"),
        ("שלום עולם", "שלום עולם.md"),
        ("fdp\u202eexe.cod", "fdp exe.cod.md"),
        ("CON", "conversation CON.md"),
        ("a\x00b\r\nc", "a b c.md"),
        ("...", "conversation.md"),
        ("", "conversation.md"),
        ("100% <sure>?", "100 sure.md"),
    ],
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert file_name(title, "md") == name


@given(st.text(max_size=5000))
def test_every_title_gives_a_name_that_every_system_takes(title: str) -> None:
    name = file_name(title, "json")
    assert len(name.encode()) <= 160
    assert not name.startswith((".", " "))
    assert name.endswith(".json")
    assert not set(name) & set('/\\:*?"<>|%')
    assert not [sign for sign in name if unicodedata.category(sign) in ("Cc", "Zl", "Zp")]


@given(st.text(max_size=200))
def test_every_header_is_one_line_of_ascii(title: str) -> None:
    header = attachment(title, "md")
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


def test_4_kb_of_title_are_cut_between_characters() -> None:
    name = file_name("🦜" * 1000, "md")
    assert name == "🦜" * 30 + ".md"
