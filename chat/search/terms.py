"""What is looked for: words that stand one after the other."""

from dataclasses import dataclass

from chat.folding import fold, is_cjk

MOST_CHARACTERS = 400  # of a term; PostgreSQL's index knows the first 500 of a word


@dataclass(frozen=True)
class Term:
    """Folded words in their order; a prefix may go on where it ends."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def needle(self) -> str:
        """What a text that has the term holds, once it has a space at both ends."""
        return f" {' '.join(self.words)}{'' if self.is_prefix else ' '}"

    def first(self, count: int) -> "Term":
        return self if len(self.words) <= count else Term(self.words[:count])


def term_of(typed: str, *, goes_on: bool) -> Term | None:
    """What is written in one piece, `state-of-the-art` or 日本語, is looked for in one piece.

    None where nothing but signs is left that search does not know.
    """
    folded = fold(typed)
    words = tuple(folded[:MOST_CHARACTERS].split())
    if not words:
        return None
    goes_on = goes_on or len(folded) > MOST_CHARACTERS
    return Term(
        words, goes_on and not is_cjk(words[-1][0])
    )  # a sign is a whole word, and none begins with it
