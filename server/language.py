"""The words of the pages, in Chinese and English."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.settings import LANGUAGES, Language

LANGUAGE_COOKIE = "droptrace_language"
_FOLDER = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one language; keys are the tables and keys of its file, joined by dots."""

    language: Language
    words: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the words under a key, with values put in.

        Raises:
            KeyError: The file has no such key.
        """
        return self.words[key].format(**values)


class Languages:
    """All languages, and the choice among them."""

    def __init__(self, default: Language) -> None:
        """Read the files.

        Args:
            default: Where neither address, cookie nor browser say.
        """
        self._default = default
        self._texts = {language: load_texts(language) for language in LANGUAGES}

    def choose(self, asked: str | None, cookie: str | None, accept_language: str | None) -> Texts:
        """Choose a language.

        Args:
            asked: `lang` of the address, which comes first.
            cookie: What was asked for before.
            accept_language: The browser's header; the first of its languages that is here.
        """
        browser = [part.partition(";")[0].strip().lower()[:2] for part in (accept_language or "").split(",")]
        for wanted in (asked, cookie, *browser):
            for language in LANGUAGES:
                if wanted == language:
                    return self._texts[language]
        return self._texts[self._default]


def load_texts(language: Language) -> Texts:
    """Read the file of a language."""
    table = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Texts(language, dict(_flat(table, "")))


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        pairs += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return pairs
