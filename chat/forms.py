"""What people may send, and the sentences that refuse it."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.humanize.templatetags.humanize import intcomma

from chat.models import TITLE_CHARACTERS, User
from chat.usage import Span

SEND_ID_WRONG = (
    "The form was sent without a valid send_id, so it cannot be told from a repeated one. "
    "Your text is kept: send it again."
)
NUL = "The text holds NUL characters, which cannot be stored. Remove them and send it again."


class SendIdForm(forms.Form):
    send_id = forms.UUIDField(error_messages={"required": SEND_ID_WRONG, "invalid": SEND_ID_WRONG})

    def first_error(self) -> str:
        """One plain sentence."""
        return str(next(iter(self.errors.values()))[0])


class MessageForm(SendIdForm):
    """A message: any text that is not blank, up to the site's limit; line ends become \\n."""

    text = forms.CharField(
        strip=False,
        error_messages={
            "required": "Write a message first.",
            "null_characters_not_allowed": NUL,
        },
    )
    parent = forms.IntegerField(required=False)
    field_order = ("text", "send_id", "parent")

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            raise forms.ValidationError("Write a message first.")
        if len(text) > settings.MESSAGE_CHARACTERS:
            raise forms.ValidationError(
                f"The message has {intcomma(len(text))} characters; "
                f"at most {intcomma(settings.MESSAGE_CHARACTERS)} can be sent. Shorten it and send it again."
            )
        return text


class RenameForm(forms.Form):
    title = forms.CharField(
        max_length=TITLE_CHARACTERS,
        error_messages={
            "required": "A conversation needs a title.",
            "max_length": f"A title has at most {TITLE_CHARACTERS} characters.",
            "null_characters_not_allowed": "A title cannot hold NUL characters.",
        },
    )


class SetupForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """The first administrator."""

    email = forms.EmailField(required=False)

    class Meta:
        model = User
        fields = ("username", "email")

    def save(self, commit: bool = True) -> User:
        self.instance.is_staff = self.instance.is_superuser = True
        user: User = super().save(commit)
        return user


class SpanForm(forms.Form):
    """`from` and `to`, both days included; without them this month."""

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"] = forms.DateField(required=False)
        self.fields["to"] = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("from"), cleaned.get("to")
        if start and end and start > end:
            raise forms.ValidationError("The first day lies after the last one.")
        return cleaned

    def span(self) -> Span:
        """The days asked for; only for a valid form."""
        usual = Span.this_month()
        start: datetime.date | None = self.cleaned_data["from"]
        end: datetime.date | None = self.cleaned_data["to"]
        end = end or max(usual.end, start or usual.end)
        return Span(start or min(usual.start, end), end)
