"""A message, and the send_id that every form carries which begins a reply."""

from django import forms
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma

from chat.forms.typed import is_blank, with_line_feeds

SEND_ID_WRONG = (
    "The form was sent without a valid send_id, so it cannot be told from a repeated one. "
    "Your text is kept: send it again."
)
NUL = "The text holds NUL characters, which cannot be stored. Remove them and send it again."
BLANK = "Write a message first."
PARENT_WRONG = "The form did not say which message this one follows. Your text is kept: send it again."


class SendIdForm(forms.Form):
    send_id = forms.UUIDField(error_messages={"required": SEND_ID_WRONG, "invalid": SEND_ID_WRONG})


class TextForm(forms.Form):
    """Any text that is not blank, up to the site's limit; line ends become \\n.

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

    def clean_text(self) -> str:
        text: str = with_line_feeds(self.cleaned_data["text"])
        if is_blank(text):
            raise forms.ValidationError(BLANK)
        if len(text) > settings.MESSAGE_CHARACTERS:
            raise forms.ValidationError(
                f"The message has {intcomma(len(text))} characters; "
                f"at most {intcomma(settings.MESSAGE_CHARACTERS)} can be sent. Shorten it and send it again."
            )
        return text


class MessageForm(TextForm, SendIdForm):
    """A message and where it goes."""

    parent = forms.IntegerField(required=False, error_messages={"invalid": PARENT_WRONG})
    seen = forms.IntegerField(required=False, error_messages={"invalid": PARENT_WRONG})
    field_order = ("text", "send_id", "parent", "seen")
