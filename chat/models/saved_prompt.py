"""A text that its owner calls up in the composer by `/name`; `{{words}}` in it are filled in then."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Left

if TYPE_CHECKING:
    from chat.models.user import User

PROMPT_NAME_CHARACTERS = 50
MOST_PROMPTS = 500  # a user
BEGINNING = 160  # characters of a text that are shown where prompts are listed

_CALL = re.compile(r"/([\w-]+)(?:\s+|\Z)")
_BLANK = re.compile(r"\{\{[^\S\n]{0,9}([^\s{}](?:[^{}\n]{0,98}[^\s{}])?)[^\S\n]{0,9}\}\}")


def normalized(name: str) -> str:
    """Small letters, composed: so that /Sum and /sum are one."""
    return unicodedata.normalize("NFC", name).lower()


class BlanksLeft(Exception):
    """A prompt was called whose `blanks` nobody filled in; `text` is the message with them."""

    def __init__(self, name: str, text: str, blanks: list[str]) -> None:
        super().__init__(name)
        self.name, self.text, self.blanks = name, text, blanks


class FilledTooLong(Exception):
    """The message that a call stands for would have `length` characters, which are more than may be sent."""

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length


class SavedPromptQuerySet(QuerySet["SavedPrompt"]):
    def visible_to(self, user: User) -> SavedPromptQuerySet:
        return self.filter(owner=user)

    def for_list(self) -> SavedPromptQuerySet:
        """By name, each with its `beginning` and without its text."""
        return self.defer("text").annotate(beginning=Left("text", BEGINNING)).order_by("name")

    def expand(self, message: str) -> str:
        """`message`, where it begins with `/name` of one of these: with the prompt's text in its place.

        What follows the name fills the prompt's only blank, or goes below its text. Whatever else begins with a
        slash stays as it is. Raises BlanksLeft when blanks would stay empty, and FilledTooLong.
        """
        call = _CALL.match(message)
        if not call or len(call[1]) > PROMPT_NAME_CHARACTERS:
            return message
        prompt = self.filter(name=normalized(call[1])).first()
        return prompt.called(message[call.end() :].strip()) if prompt else message


class SavedPrompt(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_prompts")
    name = models.SlugField(max_length=PROMPT_NAME_CHARACTERS, db_index=False, allow_unicode=True)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[SavedPromptQuerySet] = SavedPromptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("owner", "name", name="one_prompt_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def blanks(self) -> list[str]:
        """The words between `{{` and `}}`, each once, in their order."""
        return list(dict.fromkeys(_BLANK.findall(self.text)))

    def called(self, rest: str) -> str:
        """The message that `/name rest` stands for; raises BlanksLeft and FilledTooLong."""
        blanks = self.blanks
        if rest and len(blanks) == 1:
            places = [found.end() - found.start() for found in _BLANK.finditer(self.text)]
            # Measured before it is written: the same blank may stand in the text twenty thousand times.
            length = len(self.text) + len(places) * len(rest) - sum(places)
            if length > settings.MESSAGE_CHARACTERS:
                raise FilledTooLong(length)
            return _BLANK.sub(lambda _: rest, self.text)
        text = f"{self.text}\n\n{rest}" if rest else self.text
        if blanks:
            raise BlanksLeft(self.name, text, blanks)
        return text
