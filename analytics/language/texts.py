"""One sentence in two languages, filled and joined in both at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from analytics.language.figures import Language


class Text(NamedTuple):
    """One sentence, heading or label in both languages."""

    en: str
    zh: str

    def in_language(self, language: Language) -> str:
        """Return the text in the language asked for."""
        return self.zh if language == "zh" else self.en


def told(en: str, zh: str, **parts: Any) -> Text:
    """Fill a sentence in both languages.

    Parameters
    ----------
    en, zh : sentence with fields, as for `str.format`
    **parts
        What stands in the fields; a `Text` speaks each language itself, anything else is the same in both.
    """
    ours = ({name: p[which] if isinstance(p, Text) else p for name, p in parts.items()} for which in (0, 1))
    return Text(en.format(**next(ours)), zh.format(**next(ours)))


def joined(texts: Iterable[Text], en: str = " ", zh: str = "") -> Text:
    """Join sentences or names, each language with its own mark between them; empty ones are left out."""
    kept = [text for text in texts if text.en]
    return Text(en.join(t.en for t in kept), zh.join(t.zh for t in kept))
