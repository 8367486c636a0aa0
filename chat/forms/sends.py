"""A message as it is sent from the composer: `/name` of a saved prompt at its beginning stands for its text."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma

from chat.forms.messages import MessageForm
from chat.models import BlanksLeft, FilledTooLong, SavedPrompt, User


class SendForm(MessageForm):
    """`draft` is what goes back into the box when a prompt's blanks are to be filled in first."""

    def __init__(self, data: Mapping[str, Any], user: User) -> None:
        super().__init__(data)
        self.user = user
        self.draft = ""

    def clean_text(self) -> str:
        written = super().clean_text()
        try:
            text = SavedPrompt.objects.visible_to(self.user).expand(written)
        except BlanksLeft as left:
            self.draft = left.text
            blanks = ", ".join(f"{{{{{blank}}}}}" for blank in left.blanks)
            raise forms.ValidationError(
                f"“/{left.name}” has blanks to fill in: {blanks}. Its text is in the box: "
                "fill them in, or leave them, and send it."
            ) from None
        except FilledTooLong as reason:
            raise _too_long(reason.length) from None
        if len(text) > settings.MESSAGE_CHARACTERS:
            raise _too_long(len(text))
        return text


def _too_long(length: int) -> forms.ValidationError:
    return forms.ValidationError(
        f"With the text of the prompt the message has {intcomma(length)} characters; "
        f"at most {intcomma(settings.MESSAGE_CHARACTERS)} can be sent. Shorten it and send it again."
    )
