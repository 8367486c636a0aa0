"""A new API key: its name, and the last day on which it works; and trying one out."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone

from chat.forms.messages import TextForm
from chat.forms.typed import is_blank
from chat.models import KEY_NAME_CHARACTERS, MOST_KEY_DAYS, MOST_KEYS, ApiKey, User
from chat.models.api_key import end_of

NAME_MISSING = "A key needs a name."
EXPIRES_WRONG = (
    f"The last day must be a day such as 2027-05-31, from today on and at most {MOST_KEY_DAYS // 365} years "
    "ahead. Leave it empty for a key without an end."
)
SENT_BEFORE = (
    "This form was sent before, and has made its key. A key is shown once: if you have not copied it, delete it "
    "and make another."
)
KEY_WRONG = "Choose one of your keys that are enabled."
TOO_MANY = f"There are {MOST_KEYS} keys, which is as many as a person may have. Delete one that nothing uses."


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        max_length=KEY_NAME_CHARACTERS,
        help_text="To know it by, such as what uses it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": NAME_MISSING,
            "max_length": f"A name has at most {KEY_NAME_CHARACTERS} characters.",
            "null_characters_not_allowed": "A name cannot hold NUL characters.",
        },
    )
    expires = forms.DateField(
        label="Last day (if you like)",
        required=False,
        input_formats=["%Y-%m-%d"],
        help_text="It works until the end of that day; without one, for as long as you keep it.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"invalid": EXPIRES_WRONG},
    )
    send_id = forms.UUIDField(
        required=False,
        error_messages={"invalid": "The form was sent without a valid send_id: send it again."},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if is_blank(name):
            raise forms.ValidationError(NAME_MISSING)
        return name

    def clean_expires(self) -> Any:
        """As the moment from which on the key does not work; None: no such moment."""
        day = self.cleaned_data["expires"]
        if day is None:
            return None
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=MOST_KEY_DAYS):
            raise forms.ValidationError(EXPIRES_WRONG)
        return end_of(day)

    def clean(self) -> dict[str, Any]:
        keys = ApiKey.objects.visible_to(self.user)
        send_id = self.cleaned_data.get("send_id")
        if send_id and keys.filter(send_id=send_id).exists():
            raise forms.ValidationError(SENT_BEFORE, code="sent before")
        if keys.count() >= MOST_KEYS:
            raise forms.ValidationError(TOO_MANY)
        return self.cleaned_data

    @property
    def was_sent_before(self) -> bool:
        """Whether this very form has made a key already."""
        return self.has_error(NON_FIELD_ERRORS, "sent before")

    @property
    def wanted(self) -> dict[str, Any]:
        """What `ApiKey.objects.issue` takes; only for a valid form."""
        cleaned = self.cleaned_data
        return {"name": cleaned["name"], "expires_at": cleaned["expires"], "send_id": cleaned["send_id"]}


class KeyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, key: ApiKey) -> str:
        return f"{key.name} ({key.shown_as})"


class TryForm(TextForm):
    """What is asked, and with which key."""

    key = KeyField(
        queryset=ApiKey.objects.none(),
        empty_label=None,
        error_messages=dict.fromkeys(["required", "invalid_choice"], KEY_WRONG),
    )
    field_order = ("key", "text")

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, auto_id="try_%s", initial={"text": "Hello"})
        keys = ApiKey.objects.visible_to(user).usable().select_related("user").for_list()
        self.fields["key"].queryset = keys  # type: ignore[attr-defined]
        self.fields["text"].label = "Message"
        self.fields["text"].widget = forms.Textarea(attrs={"rows": 3})
