"""Answers as Markdown in which every word is unique, cut into deltas at any character."""

import re
from random import Random

WORD = re.compile(r"w\d{4}")
TOKEN = re.compile(r' value="[\w-]*"')  # of a form, in which such a word may stand by chance
MARKS = ("", "", "", "é", "日本", "🙂", "ß", " Ω")


def words_of(text: str) -> frozenset[str]:
    """The unique words of a text, or of its rendering."""
    return frozenset(WORD.findall(TOKEN.sub("", text)))


def markdown(random: Random, words: int) -> str:
    """Paragraphs, lists, headings and code blocks of so many unique words."""
    numbers = iter(range(words))
    blocks: list[str] = []
    while some := [
        f"w{number:04}{random.choice(MARKS)}" for _, number in zip(range(12), numbers, strict=False)
    ]:
        match random.randrange(5):
            case 0:
                blocks.append("\n".join(f"- {word}" for word in some))
            case 1:
                blocks.append("```python\n" + "\n".join(f"{word} = 1" for word in some) + "\n\n```")
            case 2:
                blocks.append(f"## {some[0]}\n\n" + " ".join(some[1:]))
            case 3:
                blocks.append("\n".join(f"1. {word}\n\n   *{word[:1]}*" for word in some))
            case _:
                blocks.append(" ".join(some) + f".\n**{some[0][:1]}** <b>&amp; `x`")
    return "\n\n".join(blocks)


def cut(random: Random, text: str) -> tuple[str, ...]:
    """The text in pieces of 1 to 24 characters."""
    pieces: list[str] = []
    while text:
        length = random.randint(1, 24)
        pieces.append(text[:length])
        text = text[length:]
    return tuple(pieces)
