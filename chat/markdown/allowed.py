"""The last step of every rendering: what may be in the HTML, and nothing else."""

import re

import nh3

from chat.markdown.highlight import CLASSES

_ELEMENTS = """
    p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del hr br a input span div button
    table thead tbody tr th td
"""
_CLEANER = nh3.Cleaner(
    tags=set(_ELEMENTS.split()),
    clean_content_tags=set(),
    attributes={"a": {"href"}, "ol": {"start"}, "input": {"disabled", "checked"}},
    tag_attribute_values={
        "input": {"type": {"checkbox"}, "aria-label": {"Done", "To do"}},
        "button": {"type": {"button"}, "data-copy": {""}},
        "pre": {"tabindex": {"0"}},
        "div": {"tabindex": {"0"}, "role": {"region"}, "aria-label": {"Table"}},
        "th": {"align": {"left", "center", "right"}, "scope": {"col"}},
        "td": {"align": {"left", "center", "right"}},
    },
    allowed_classes={
        "p": {"raw"},
        "div": {"code", "code-head", "table"},
        "span": {"code-language", "host", *CLASSES},
        "button": {"copy"},
    },
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
)

# nh3 takes quadratic time over the ampersands of one piece of text; a comment, which it removes, makes
# two pieces of it. No attribute is long enough to be cut.
_MANY = 5000
_AMPERSANDS = re.compile(rf"(?:&[a-z]++;[^<&]*+){{1,{_MANY}}}+")


def sanitised(html: str) -> str:
    """The HTML with only the elements, attributes, classes and schemes that Parley itself writes."""
    if html.count("&") > _MANY:
        html = _AMPERSANDS.sub(lambda run: f"{run[0]}<!---->" if run[0].count(";") >= _MANY else run[0], html)
    return _CLEANER.clean(html)
