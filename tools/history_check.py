"""Hold the shipped figures of history against the files they were drawn from, where somebody has those.

    python tools/history_check.py FOLDER

FOLDER holds ``ei-review/``, ``bruegel-imports/``, ``agsi/`` and ``prices/`` as publishers' tables were saved. They
are not part of linepack and nothing else needs them: without them a user loses this check and no more. Prints one line
per figure that differs by more than rounding, and how many were compared.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from linepack import units
from linepack.system.history import load_history

Key = tuple[str, str, str]
YEARS = (2019, 2021, 2022, 2023)
BRUEGEL_KWH_PER_M3 = 10.3
ROUNDING, SHARE = 0.06, 2e-4
"""Shipped figures have one decimal, and 11.11 kWh per m3 for 40 MJ."""

COUNTRIES = {
    "AT": "Austria", "BE": "Belgium", "DE": "Germany", "ES": "Spain", "FR": "France", "GB": "United Kingdom",
    "IT": "Italy", "NL": "Netherlands", "PL": "Poland", "TR": "Türkiye", "UA": "Ukraine", "EU27": "European Union",
    "CN": "China", "JP": "Japan", "KR": "South Korea", "IN": "India", "TW": "Taiwan", "US_LNG": "US", "QA_LNG": "Qatar",
    "AU_LNG": "Australia", "NG_LNG": "Nigeria", "DZ_LNG": "Algeria", "YAMAL_LNG;SAKHALIN_LNG": "Russian Federation",
    "BR": "Brazil",
}  # fmt: skip
MEANS = {("import_demand", "BR"): "lng_imports", ("consumption", "TR"): "gas_consumption"}
EI_FILES = {"consumption": "gas_consumption", "production": "gas_production", "lng_import": "lng_imports",
            "lng_export": "lng_exports"}  # fmt: skip
BRUEGEL = {
    ("eu_import", "NORWAY"): "Norway", ("eu_import", "ALGERIA"): "Algeria", ("eu_import", "AZERBAIJAN"): "Azerbaijan",
    ("eu_import", "LIBYA"): "Libya", ("eu_import", "GB_NET"): "UK net flows", ("eu_import", "RUSSIA_PIPE"): "Russia",
    ("russian_route", "NORD_STREAM"): "Nord Stream", ("russian_route", "UKRAINE"): "Ukraine Gas Transit",
    ("russian_route", "YAMAL"): "Yamal (BY,PL)", ("russian_route", "TURKSTREAM_EUROPE"): "Turkstream",
}  # fmt: skip


def energy_institute(folder: Path) -> Iterator[tuple[Key, float]]:
    """Yield yearly figures in TWh."""
    for series, name in EI_FILES.items():
        table = pd.read_csv(folder / f"ei-review/ei2026_{name}_bcm.csv").set_index("country")
        for place, country in COUNTRIES.items():
            if country in table.index:
                for year in YEARS:
                    yield (series, place, str(year)), float(units.twh_from_bcm_ei(table.loc[country, str(year)]))


def means(folder: Path) -> Iterator[tuple[Key, float]]:
    """Yield means of the five years to each base year, in TWh."""
    for (series, place), name in MEANS.items():
        row = pd.read_csv(folder / f"ei-review/ei2026_{name}_bcm.csv").set_index("country").loc[COUNTRIES[place]]
        for last in (2019, 2021):
            years = [str(year) for year in range(last - 4, last + 1)]
            mean = float(row[years].astype(float).mean())
            yield (series, place, f"{years[0]}-{last}"), float(units.twh_from_bcm_ei(mean))


def bruegel(folder: Path) -> Iterator[tuple[Key, float]]:
    """Yield sums of daily flows in TWh, by year and by quarter."""
    table = pd.read_csv(folder / "bruegel-imports/bruegel_eu_imports_daily_mcm.csv", parse_dates=["date"])
    twh = table.set_index("date") * BRUEGEL_KWH_PER_M3 / 1e3
    for (series, place), column in BRUEGEL.items():
        for period, value in twh[column].groupby([twh.index.year, twh.index.quarter]).sum().items():
            year, quarter = period
            yield (series, place, f"{year}-Q{quarter}"), float(value)
        for year, value in twh[column].groupby(twh.index.year).sum().items():
            yield (series, place, str(year)), float(value)


def stocks_and_prices(folder: Path) -> Iterator[tuple[Key, float]]:
    """Yield the EU's fill on days, and yearly means of the front month."""
    fill = pd.read_csv(folder / "agsi/agsi_eu_daily_2016-04_2022-09.csv").set_index("gasDayStart")["full"]
    later = pd.read_csv(folder / "agsi/agsi_storage_daily_by_country_2023-05_2025-12.csv")
    later = later[later["country"] == "EU"].set_index("date")["full_pct"]
    for day, value in [*fill.items(), *later.items()]:
        yield ("storage_fill", "EU27", str(day)), float(value) / 100
    curve = pd.read_csv(folder / "prices/ttf_forward_curve_m1_m24_daily_eur_mwh.csv")
    front = curve["M1"].fillna(curve["M2"])
    for year, value in front.groupby(curve["date"].str[:4]).mean().items():
        yield ("price", "TTF", str(year)), round(float(value), 1)


def main(folder: Path) -> int:
    """Compare, print, and return 1 if anything differs or nothing could be compared."""
    figures = load_history().figures
    ours = {(r.series, r.place, r.period): float(r.value) for r in figures.itertuples()}
    compared, different = 0, 0
    for read in (energy_institute, means, bruegel, stocks_and_prices):
        for key, value in read(folder):
            if key in ours:
                compared += 1
                if abs(ours[key] - value) > ROUNDING + SHARE * abs(value):
                    different += 1
                    print(f"{' '.join(key)}: {ours[key]:g} shipped, {value:.2f} in the file")
    print(f"{compared} of {len(ours)} figures compared, {different} differ")
    return int(different > 0 or compared == 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
