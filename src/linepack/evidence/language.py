"""Which language a text is in, by its commonest words; no model, no download."""

from __future__ import annotations

import re

_WORDS = {
    "en": "the of and to in that is was for on with said by from has it be are at would have an as which",
    "de": "der die das und ist nicht von zu mit den im ein eine auf für sich dem werden nach auch sei bei hat",
    "fr": "le la les des et est dans que pour une sur du par pas au avec qui ce sont plus il aux",
    "it": "il di che la e per un una della con del non sono le dei nel si alla più gli è dal",
    "es": "el de que la y en los del se las por un para con una su al es lo como más",
    "nl": "de het een van en in is dat op te voor met zijn niet aan er om ook als door",
    "pl": "i w na z do że się nie jest to o przez dla od po oraz jak są przed",
    "tr": "ve bir bu için ile da de olarak daha çok olan gibi kadar sonra dedi",
    "ru": "и в на что не с по из для как это за от к до о также было его",  # noqa: RUF001  # Cyrillic
    "uk": "і в на що не з та про за від до для як це у після також було його",  # noqa: RUF001  # Cyrillic
    "pt": "o de que e do da em um para com não uma os no se na por mais as dos",
    "sv": "och att det i en som på är av för med till den har inte om ett",
    "cs": "a v na že se je s z do to pro jako o by po od který však",
    "ro": "și de la în a că pe cu din pentru nu este mai sunt care",
}
_NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "it": "Italian",
    "es": "Spanish",
    "nl": "Dutch",
    "pl": "Polish",
    "tr": "Turkish",
    "ru": "Russian",  # Cyrillic
    "uk": "Ukrainian",  # Cyrillic
    "pt": "Portuguese",
    "sv": "Swedish",
    "cs": "Czech",
    "ro": "Romanian",
    "zh": "Chinese",
    "ja": "Japanese",
    "ar": "Arabic",
    "el": "Greek",
    "und": "in no language that is recognised",
}
_SCRIPTS = (
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
)
_LISTS = {language: frozenset(words.split()) for language, words in _WORDS.items()}


def detect_language(content: str) -> str:
    """Return the ISO 639-1 code of the language of ``content``, '' if it is too short to say, 'und' if none fits."""
    sample = content[:20_000]
    letters = sum(char.isalpha() for char in sample)
    for language, pattern in reversed(_SCRIPTS):
        if letters and len(pattern.findall(sample)) > 0.3 * letters:
            return language
    words = re.findall(r"[^\W\d_]+", sample.lower())
    if len(words) < 8:
        return ""
    scores = {language: sum(word in known for word in words) for language, known in _LISTS.items()}
    best = max(scores, key=lambda language: scores[language])
    if scores[best] >= 0.08 * len(words):
        return best
    return "" if len(words) < 40 else "und"


def language_name(code: str) -> str:
    """Return the English name of a language code."""
    return _NAMES.get(code, code)
