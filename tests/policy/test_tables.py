"""The tables of the law: what is in them, and what is refused with its row."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import pytest

from linepack.errors import InputError
from linepack.policy.law import LAW_FOLDER, Law, law_on, load_law
from linepack.policy.schema import LAW_TABLES, ROWS, describe_law_package
from linepack.policy.words import Expression, LawGrade, Status
from linepack.system.dataset import available_datasets
from tests.policy.conftest import Edit

FACT_BASE = """
EU-SECT-RENEW EU-PKG-10 EU-PKG-11 EU-PKG-12 EU-PKG-14 EU-PKG-16 EU-PKG-17 EU-PKG-18 EU-PKG-19 EU-PKG-20
EU-PKG-21 EU-PKG-22 EU-REPOWER EU-STORAGE EU-METHANE EU-GASDIR EU-DEMAND EU-MCM DE-CERT DE-SOS DE-POL DE-AWG
DE-SEFE CH-MORA CH-NS-TXBAN CH-LNG DK-PRES INV-LYNCH US-SSI US-CAATSA-GAZ US-PEESA US-NS2AG US-LNGIMP US-ALNG2
US-JAN25 US-GPB US-GL8 US-GL55 US-GL115 US-GL132 US-HU US-OIL25 US-GL134 US-SEC-TARIFF US-SRA UK-LNG UK-ALNG2
UK-LNGMAR UK-FEB26 UK-OILPROJ G7-CAP G7-TASK TRADE-USEU USUA-MIN PEACE-30D PEACE-28 UA-TRANSIT TR-BOTAS
HUSK-VETO CN-POS2 CN-ALNG2 RU-EXIT RU-SAKH1 SHOCK-QA
""".split()  # noqa: SIM905 (a list of sixty names reads best as text)


def test_every_instrument_of_the_fact_base_is_there(law: Law) -> None:
    """The fact base lists 64 instruments by name; each is a row with a rule, a stage and a grade."""
    known = {row.instrument for row in law.instruments}
    assert len(FACT_BASE) == 64
    assert known >= set(FACT_BASE)
    staged = {row.instrument for row in law.stages}
    assert known == staged


def test_row_types_have_the_columns_of_the_schema() -> None:
    """A row type and its table are read together, so their names must be the same."""
    for table in LAW_TABLES:
        fields = {field.name for field in dataclasses.fields(ROWS[table.name])}
        assert fields == {column.name for column in table.columns}, table.name


def test_the_package_description_is_that_of_the_schema() -> None:
    """``datapackage.json`` describes every table with type and unit; it is written from the schema."""
    written = json.loads((LAW_FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    assert written == describe_law_package(written["version"])


def test_the_law_is_no_gas_system() -> None:
    """It lies beside the gas systems as a package of its own and must not be offered as one."""
    assert "law" not in available_datasets()
    assert "2025" in available_datasets()


def test_a_row_without_source_says_that_it_is_background_or_tertiary(law: Law) -> None:
    """No fact without source: a row graded P or S names one."""
    for table in LAW_TABLES:
        for row in getattr(law, table.name):
            assert row.source or row.grade in (LawGrade.TERTIARY, LawGrade.BACKGROUND), row


def test_every_scope_without_market_effect_says_why(law: Law) -> None:
    """One that cannot be expressed says so."""
    silent = [row for row in law.scopes if row.expression is Expression.NONE]
    assert silent
    assert [row.scope for row in silent if not row.effect_note] == []


def test_conflicting_readings_are_alternatives(law: Law) -> None:
    """Hungary's exemption: one year by the White House, indefinite by Budapest; a scenario chooses."""
    day = date(2026, 11, 22)
    ended = law_on(law, day).of("US-GPB").exemptions
    held = law_on(law.with_readings({"hungary-exemption": "indefinite"}), day).of("US-GPB").exemptions
    assert [row.exemption for row in ended] == []
    assert [row.exemption for row in held] == ["GPB-HU-OPEN"]
    with pytest.raises(InputError, match="no reading 'forever'"):
        law.with_readings({"hungary-exemption": "forever"})
    with pytest.raises(InputError, match="hungary-exemption"):
        law.with_readings({"hungary-exemptions": "indefinite"})


def test_status_follows_the_stages(law: Law) -> None:
    """The phase-out was proposed 2025-06-17, adopted 2026-01-26, and binds from its first phase, 2026-03-18."""
    states = {
        date(2025, 6, 16): Status.UNKNOWN,
        date(2025, 6, 17): Status.PROPOSED,
        date(2026, 1, 26): Status.ADOPTED,
        date(2026, 3, 18): Status.IN_FORCE,
    }
    for day, status in states.items():
        assert law_on(law, day).of("EU-REPOWER").status is status
    assert law_on(law, date(2026, 11, 22)).of("EU-PKG-22").status is Status.PROPOSED


def test_the_energy_payment_licence_ran_out_the_day_before_the_story(law: Law) -> None:
    """GL 8L ended at 00:01 of 2025-03-12, so the 11th was its last whole day, and on the 13th it was gone."""
    assert law_on(law, date(2025, 3, 11)).of("US-GL8").status is Status.IN_FORCE
    assert law_on(law, date(2025, 3, 12)).of("US-GL8").status is Status.ENDED
    assert [row.exemption for row in law_on(law, date(2025, 3, 11)).of("US-BANKS").exemptions] == ["GL8L"]
    assert law_on(law, date(2025, 3, 13)).of("US-BANKS").exemptions == ()


def test_lapse_is_lapse(law: Law) -> None:
    """Renewed to 2027-07-31: as written, every package falls the day after; the phase-out regulation stays."""
    written = law.with_readings({"sanctions-renewal": "as-written"})
    assert law_on(written, date(2027, 7, 31)).of("EU-PKG-18").status is Status.IN_FORCE
    assert law_on(written, date(2027, 8, 1)).of("EU-PKG-18").status is Status.LAPSED
    assert law_on(written, date(2027, 8, 1)).of("EU-REPOWER").status is Status.IN_FORCE
    assumed = law_on(law, date(2027, 8, 1)).of("EU-PKG-18")
    assert (assumed.status, assumed.is_beyond_renewal) == (Status.IN_FORCE, True)


BAD = [
    ("scopes", "EU-PKG-18/1", "scope", {"last_day": "2025-07-01"}, "wrong-dates", "EU-PKG-18/1"),
    ("scopes", "EU-PKG-18/1", "scope", {"first_day": "2025-02-30"}, "bad-date", "EU-PKG-18/1"),
    ("scopes", "EU-PKG-18/1", "scope", {"assets": "NS3_A"}, "unknown-asset", "EU-PKG-18/1"),
    ("scopes", "EU-PKG-18/1", "scope", {"measure": "transaction_bann"}, "not-a-choice", "EU-PKG-18/1"),
    ("scopes", "EU-PKG-18/1", "scope", {"activity": ""}, "unbounded-scope", "EU-PKG-18/1"),
    ("scopes", "EU-PKG-18/1", "scope", {"reading": "pipeline-end:june"}, "unknown-reading", "EU-PKG-18/1"),
    ("scopes", "EU-PKG-19/2", "scope", {"contract_classes": "new"}, "overlapping-dates", "EU-PKG-19"),
    ("instruments", "EU-PKG-18", "instrument", {"issuer": "EU_COUNCL"}, "unknown-body", "EU-PKG-18"),
    ("exemptions", "GL55F", "exemption", {"assets": "NS2_B"}, "wider-than-ban", "GL55F"),
    ("exemptions", "GPB-HU", "exemption", {"activities": "import"}, "wider-than-ban", "GPB-HU"),
    ("exemptions", "GPB-HU", "exemption", {"first_day": "2024-01-01"}, "wider-than-ban", "GPB-HU"),
    ("gate_states", "NS2:contract", "gate", {"opens_by": "sign:GASPROM"}, "unknown-body", "NS2:contract"),
    ("gate_states", "NS2:contract", "gate", {"opens_by": "sign GAZPROM"}, "bad-formula", "NS2:contract"),
    ("decision_rules", "R-EU-UNANIMITY", "rule", {"lift": "adopt:EU_EP/unanimity"}, "no-members", "R-EU-UNANIMITY"),
    ("members", "DE", "member", {"population_percent": "-3"}, "below-minimum", "DE"),
    ("bodies", "DE", "body", {"name": ""}, "empty-cell", "DE"),
    ("readings", "one-year", "reading", {"is_default": "false"}, "one-default", "hungary-exemption"),
]


@pytest.mark.parametrize(
    ("table", "value", "column", "cells", "code", "where"), BAD, ids=[f"{b[4]}-{b[1]}" for b in BAD]
)
def test_a_wrong_row_is_refused_with_its_name(
    edited: Edit, table: str, value: str, column: str, cells: dict[str, str], code: str, where: str
) -> None:
    """A wrong or overlapping date, an unknown name, a licence wider than its ban: refused, and the row is named."""
    folder = edited(table, lambda row: row[column] == value, cells)
    with pytest.raises(InputError) as caught:
        load_law(folder)
    found = [issue for issue in caught.value.issues if issue.code == code]
    assert any(where in key for issue in found for key in issue.keys), caught.value


def test_a_missing_table_and_a_strange_column_are_named(edited: Edit) -> None:
    """All findings are collected: the missing file and the column that the schema does not have."""
    folder = edited("events", lambda row: row["event"] == "EV-PUTIN-0313", {})
    (folder / "members.csv").unlink()
    path: Path = folder / "events.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("event,date", "event,datum", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_law(folder)
    codes = {(issue.code, issue.table) for issue in caught.value.issues}
    assert {("missing-table", "members"), ("unknown-column", "events"), ("missing-column", "events")} <= codes
