"""The fixture of these tests."""

from tests.upstream import upstream

__all__ = ["upstream"]
