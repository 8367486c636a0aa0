"""Markdown text to safe HTML, whole or while it is still arriving."""

from chat.markdown.blocks import OpenCode, Split, split
from chat.markdown.rendering import RENDERER_VERSION, render, render_code_lines, render_tail

__all__ = ["RENDERER_VERSION", "OpenCode", "Split", "render", "render_code_lines", "render_tail", "split"]
