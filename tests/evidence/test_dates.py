"""Dates as intervals: 13 March 2025 was a Thursday."""

from datetime import date

import pytest

from linepack.evidence.dates import find_dates

THURSDAY = date(2025, 3, 13)
CASES = [
    ("on Thursday", ["2025-03-13"]),
    ("on Monday", ["2025-03-10"]),
    ("will meet on Monday", ["2025-03-17"]),
    ("earlier this week", ["2025-03-10..2025-03-13"]),
    ("last week", ["2025-03-03..2025-03-09"]),
    ("last month", ["2025-02-01..2025-02-28"]),
    ("next week", ["2025-03-17..2025-03-23"]),
    ("in November", ["2024-11-01..2024-11-30"]),
    ("the gas year 2025/26", ["2025-10-01..2026-09-30"]),
    ("winter 2025/26", ["2025-10-01..2026-03-31"]),
    ("summer-26", ["2026-04-01..2026-09-30"]),
    ("Q3", ["2025-07-01..2025-09-30"]),
    ("the third quarter of 2026", ["2026-07-01..2026-09-30"]),
    ("by the end of 2027", ["2027-12-31"]),
    ("in 2022, in September of that year", ["2022-01-01..2022-12-31", "2022-09-01..2022-09-30"]),
    ("since May 2022", ["2022-05-01..2025-03-13"]),
    ("the highest since January 2023", ["2023-01-01..2023-01-31"]),
    ("on Monday 20 October 2025", ["2025-10-20"]),
    ("26 September 2022", ["2022-09-26"]),
    ("autumn 2027", ["2027-09-01..2027-11-30"]),
    ("in the first nine months of 2024", ["2024-01-01..2024-09-30"]),
    ("in the first three quarters of 2024", ["2024-01-01..2024-09-30"]),
    ("it may close, and Regulation (EU) 2025/1733 says so", []),
]


@pytest.mark.parametrize(("sentence", "labels"), CASES)
def test_interval(sentence: str, labels: list[str]) -> None:
    """Weeks run Monday to Sunday, gas years October to September.

    A weekday is the last one unless the sentence looks ahead.
    """
    assert [mention.label for mention in find_dates(sentence, published=THURSDAY)] == labels


def test_without_a_publication_date() -> None:
    """Relative dates stay unresolved and say so; absolute ones do not need it."""
    relative, absolute = find_dates("on Thursday and on 26 September 2022")
    assert (relative.label, absolute.label) == ("?", "2022-09-26")
