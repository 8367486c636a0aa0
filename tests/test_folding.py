"""Text as search compares it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.folding import MOST_FOLDED, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Café — naïve_Ünïcode", "cafe naive unicode"),
        ("Straße İstanbul ﬁn ①", "strasse istanbul fin 1"),
        ("日本語テキスト", "日 本 語 テ キ ス ト"),
        ("がぎ ｶﾞ", "が ぎ ガ"),
        ("한국어 문장", "한 국 어 문 장"),
        ("हिन्दी में ภาษาไทย", "हिन्दी में ภาษาไทย"),
        ("שָׁלוֹם مَرْحَبًا", "שלום مرحبا"),
        ("<b>&amp;</b> 3.14", "b amp b 3 14"),
        ("x\u0336y", "xy"),  # struck through
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_the_longest_text_fits_in_an_index() -> None:
    assert len(fold("\ufdfa" * 100_000)) <= MOST_FOLDED  # one sign that stands for eighteen
