"""What somebody chose for a conversation, or for all new ones: the model, and what is sent beside the messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings as site

from chat.llm import Parameters, is_sound


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """`settings` holds only what was set: "system", and names of chat.llm.Parameters."""

    model: str = ""  # empty: the site's own
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        return not self.model and not self.settings

    @property
    def asks_for(self) -> str:
        """The model that is asked, whether or not it is still on offer."""
        return self.model or site.MODEL_ID

    @property
    def is_model_gone(self) -> bool:
        """Whether the model is not among those of the site any more, so that nothing can be sent."""
        return self.asks_for not in site.MODELS

    @property
    def system(self) -> str:
        """The system prompt; empty for none."""
        return str(self.settings.get("system", ""))

    @property
    def parameters(self) -> Parameters:
        """As they were set, and the site's longest answer.

        What no form would have taken is left out: an import may have brought it.
        """
        sound = {name: value for name, value in self.settings.items() if is_sound(name, value)}
        return Parameters(**{"max_tokens": site.MAX_TOKENS, **sound})
