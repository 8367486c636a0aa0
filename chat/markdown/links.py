"""Which addresses a link may have, and bare addresses in plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

_LONGEST = 2000  # characters of an address
_LONGEST_HOST = 253  # RFC 1035

# Nothing may stand before the host (`https://bank.example@evil.example`), and no character of it may
# be one that browsers read differently from us: backslash, percent sign, white space.
_WEB = re.compile(
    r"(https?)://([^\s/?#@:\\%\[\]]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?([/?#].*)?", re.IGNORECASE | re.DOTALL
)
_MAIL = re.compile(r"mailto:([^\s?@,;%\\]+@[^\s?@,;%\\]+)(\?.*)?", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_SCHEME = re.compile(r"^(?:https?://|mailto:)")

# Typographic quotes and the punctuation of Chinese and Japanese end an address, as white space does.
_BARE = re.compile(
    r"(?<![A-Za-z0-9])https?://[^\s<>\"`\u2018-\u201f\u3000-\u303f\uff01-\uff0f\uff1a-\uff20]++",
    re.IGNORECASE,
)
_TRAILING = frozenset("?!.,:;*_~'")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads: `href` for the attribute, `place` (host or mail address, ASCII) for the eye."""

    href: str
    place: str

    def is_named_by(self, visible: str) -> bool:
        """Whether the text of a link begins with the place it leads to."""
        name = _SCHEME.sub("", visible.strip().casefold()).removeprefix("www.")
        place = self.place.casefold().removeprefix("www.")
        return name.startswith(place) and name[len(place) : len(place) + 1] in ("", "/", "?", "#", ":")


def address(url: str) -> Address | None:
    """The address if it is an absolute http, https or mailto one that a browser reads as we do."""
    if len(url) > _LONGEST:
        return None
    if mail := _MAIL.fullmatch(url):
        return Address(_quoted(url), _quoted(mail[1]))
    web = _WEB.fullmatch(url)
    if web is None:
        return None
    scheme, host, port, rest = web.groups(default="")
    try:
        host = host.lower().encode("ascii" if host.isascii() else "idna").decode()
    except UnicodeError:
        return None
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        return None
    return Address(f"{scheme.lower()}://{host}{port}{_quoted(rest)}", host)


def bare_addresses(text: str) -> Iterator[tuple[int, int, Address]]:
    """Start, end and address of each `http(s)://…` in plain text, without the sentence's punctuation."""
    for match in _BARE.finditer(text):
        url = match[0][: _without_punctuation(match[0])]
        found = address(url)
        if found is not None:
            yield match.start(), match.start() + len(url), found


def _without_punctuation(url: str) -> int:
    # GFM's rule: a closing parenthesis belongs to the address only while it has an opening one.
    end = len(url)
    surplus = url.count(")") - url.count("(")
    while end and (url[end - 1] in _TRAILING or (url[end - 1] == ")" and surplus > 0)):
        surplus -= url[end - 1] == ")"
        end -= 1
    return end


def _quoted(part: str) -> str:
    return quote(part, safe="%/:?#[]@!$&'()*+,;=~-._")
