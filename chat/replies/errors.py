"""Why a reply does not begin.

NotStarted
├── ShuttingDown   this process is ending and admits nothing more
├── StillWriting   the branch's last reply is not finished
├── NoBudget       what may be used in a period is used, or reserved by others
├── TooManyOpen    as many replies of this person run and wait as may
├── NotCut         there is nothing to continue
├── ModelNotOffered   the conversation's model is none of the site's any more
├── TooLongToContinue   the model's window has no room for what was said and more
├── SendIdReused   the same send_id came before with another text
├── NothingSaid    there is nothing yet to make a title from
└── TitleAsked     a title is being suggested already

NoTitle            the model was asked for one, and gave none
"""

from chat.models import Reply
from chat.usage import OverBudget


class NotStarted(Exception):
    """`sentence` is meant for the person who sent the message; the draft is to be kept."""

    sentence = "The message was not sent."


class ShuttingDown(NotStarted):
    sentence = "Parley is restarting. Your message was not sent; please send it again in a moment."


class StillWriting(NotStarted):
    sentence = "The assistant is still writing. Wait for its answer, or stop it, and then send your message."


class TooManyOpen(NotStarted):
    sentence = (
        "Too many of your messages wait for an answer. Send this one when some of them have got theirs."
    )


class NoBudget(NotStarted):
    """`retry_after` in seconds, and `more_of`, the number of a budget: both None where neither would help."""

    def __init__(self, refusal: OverBudget) -> None:
        super().__init__()
        self.refusal = refusal
        self.sentence = refusal.sentence
        self.more_of = None if refusal.retry_after is None else refusal.standing.budget_id
        self.retry_after = refusal.retry_after


class NotCut(NotStarted):
    sentence = "This reply came to its end, or was answered; there is nothing to continue."


class ModelNotOffered(NotStarted):
    def __init__(self, model: str) -> None:
        super().__init__()
        self.sentence = (
            f"The model “{model}” is not offered here any more. Choose another in Settings, then send again."
        )


class TooLongToContinue(NotStarted):
    sentence = "This reply is too long for the model to go on with. Ask for the rest in a new message."


class SendIdReused(NotStarted):
    """`reply` is the one that the first send with that id began."""

    sentence = "This form was already used for another message. Your text is kept: send it again."

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class NothingSaid(NotStarted):
    sentence = "There is nothing yet to make a title from. Write a message first."


class TitleAsked(NotStarted):
    sentence = "A title is being suggested already. Wait for it, then ask for another one."


class NoTitle(Exception):
    """`sentence` is meant for the person who asked."""

    def __init__(
        self, sentence: str = "The model suggested nothing that can be a title. Try it again."
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
