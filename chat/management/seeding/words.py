"""Invented sentences and Markdown from a small vocabulary."""

from random import Random

RARE = "zebrafish"  # in no sentence made here; no other word begins like it

_WORDS = """
    a about above account after afternoon again agenda all also always amount an and another answer any
    apple are around as ask at author autumn back balance bank be because before begin below better between
    birthday board boat book both bread bridge bring budget build but by café call can careful change
    chapter cheap city class clear clock coast code coffee cold colour column compare contract copy cost
    could country course cover crowd cut data day deadline decide deep delay deliver design detail
    différence do door down draft draw during each early east edge eight empty end enough error evening
    every example fact fair fall false farm fast few field file final find first five floor follow for
    forest form fortnight four free fresh from full function garden gather give glass go goal good grade
    green group grow guess half hand harbour have he heavy help her here high hill him his history hold home
    hour house how if ignore important in index inside into invite island it job join just keep kind kitchen
    know lake language last late law leave left length less letter level light like line list little long
    loop low machine make map many market maybe mean measure meeting memory method middle might minute
    mistake month more morning most mountain move much music must naïve name near need never new next night
    nine no north not note nothing now number of off office often old on once one only open or order other
    our out outside over own page paper part party pass past pay people per piece place plain plan please
    point poor port price print problem promise proof public question quick quiet quite rain read ready
    reason receipt recipe record red repeat report rest result return review right river road room rule safe
    same sample save say school sea season second see sentence server seven shape she short should show side
    sign simple since six size slow small so some song soon sort south space spring square stand start state
    station step still stone stop store story street strong such summary summer sun sure table take team
    tell ten test than thank that the their them then there these they thing think this those three through
    time title to today together tomorrow too top town train travel tree true try turn two type under until
    up upon us use useful value version very view village visit wait walk wall want warm was watch water way
    we week weight well were west what when where which while white who why wide will wind window winter
    with without woman word work world would write wrong year yellow yes yesterday yet you young your 東京 北海道
"""
WORDS = tuple(_WORDS.split())
CODE = "```python\ndef total(rows):\n    return sum(row.amount for row in rows if row.paid)\n```"


def question(words: Random) -> str:
    """What a person asks: one to three sentences."""
    return " ".join(_sentence(words, "?") for _ in range(words.choice((1, 1, 2, 3))))


def answer(words: Random) -> str:
    """What a model says: paragraphs, and now and then a list or code, in Markdown."""
    parts = [_paragraph(words) for _ in range(words.randint(1, 3))]
    extra = words.random()
    if extra < 0.2:
        parts.append("\n".join(f"- {_sentence(words, '.')}" for _ in range(3)))
    elif extra < 0.3:
        parts.append(CODE)
    return "\n\n".join(parts)


def _paragraph(words: Random) -> str:
    return " ".join(_sentence(words, ".") for _ in range(words.randint(2, 4)))


def _sentence(words: Random, end: str) -> str:
    said = " ".join(words.choices(WORDS, k=words.randint(5, 14)))
    return said[0].upper() + said[1:] + end
