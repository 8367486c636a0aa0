"""What people may send, and the sentences that refuse it."""

import datetime
import unicodedata
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
BLANK = "Write a message first."
TITLE_BLANK = "A conversation needs a title."
PARENT_WRONG = "The form did not say which message this one follows. Your text is kept: send it again."

# Signs that show nothing although Unicode counts them among letters, marks and symbols.
EMPTY = frozenset(
    [
        *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0",
        *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
        *map(chr, range(0xE0100, 0xE01F0)),
    ]
)


def is_blank(text: str) -> bool:
    """Whether nothing of it would be seen: spaces, line ends, format and control characters, empty signs."""
    return all(sign in EMPTY or unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Cc", "Cf"} for sign in text)


class SendIdForm(forms.Form):
    send_id = forms.UUIDField(error_messages={"required": SEND_ID_WRONG, "invalid": SEND_ID_WRONG})

    def first_error(self) -> str:
        """One plain sentence."""
        return str(next(iter(self.errors.values()))[0])


class MessageForm(SendIdForm):
    """A message: any text that is not blank, up to the site's limit; line ends become \\n.

    Bytes that are no UTF-8 arrive as U+FFFD. No browser sends such from a page in UTF-8, and a script that does
    sees in its message what became of them.
    """

    text = forms.CharField(
        strip=False,
        error_messages={
            "required": BLANK,
            "null_characters_not_allowed": NUL,
        },
    )
    parent = forms.IntegerField(required=False, error_messages={"invalid": PARENT_WRONG})
    field_order = ("text", "send_id", "parent")

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
        if is_blank(text):
            raise forms.ValidationError(BLANK)
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
            "required": TITLE_BLANK,
            "max_length": f"A title has at most {TITLE_CHARACTERS} characters.",
            "null_characters_not_allowed": "A title cannot hold NUL characters.",
        },
    )

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if is_blank(title):
            raise forms.ValidationError(TITLE_BLANK)
        return title


class SetupForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """The first administrator."""

    email = forms.EmailField(label="Email (optional)", required=False)

    class Meta:
        model = User
        fields = ("username", "email")
        help_texts = {"username": "Letters, digits and @ . + - _"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = "8 characters or more; no common one, and not like your name."
        self.fields["password2"].help_text = ""

    def full_clean(self) -> None:
        """Afterwards the first field that wants something is the one to type in; passwords are asked for anew."""
        super().full_clean()
        if self.errors:
            wants = [name for name in self.fields if name in self.errors or name == "password1"]
            for name, field in self.fields.items():
                field.widget.attrs["autofocus"] = name == wants[0]

    def validate_password_for_user(self, user: User) -> None:
        """Said of the first of the two, so that it is said also when the second one differs."""
        super().validate_password_for_user(user, "password1")  # type: ignore[misc]

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
