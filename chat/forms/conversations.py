"""What is changed about a conversation itself."""

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma

from chat.forms.typed import is_blank
from chat.models import TITLE_CHARACTERS

TITLE_BLANK = "A conversation needs a title."


class RenameForm(forms.Form):
    title = forms.CharField(
        max_length=TITLE_CHARACTERS,
        error_messages={
            "required": TITLE_BLANK,
            "max_length": f"A title has at most {intcomma(TITLE_CHARACTERS)} characters.",
            "null_characters_not_allowed": "A title cannot hold NUL characters.",
        },
    )

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if is_blank(title):
            raise forms.ValidationError(TITLE_BLANK)
        return title


class LeafForm(forms.Form):
    leaf = forms.IntegerField()
