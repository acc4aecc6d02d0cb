"""Units of gas: the only place in the project with a conversion constant.

Inside, gas is GWh/d gross calorific value (GCV) and prices are EUR/MWh GCV. A cubic metre is meaningless
without its reference temperature and heating value, so plain ``bcm`` and ``mcm`` are refused.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from linepack.errors import InputError

Number = TypeVar("Number", float, npt.NDArray[np.float64])

MJ_PER_KWH = 3.6  # exact
MWH_PER_MMBTU = 0.29307107  # International Table BTU: 1 MMBtu = 1055.05585 MJ
MWH_PER_THERM = MWH_PER_MMBTU / 10
NCV_PER_GCV = 0.9024  # natural gas; ISO 6976 compositions give 0.900 to 0.905
KELVIN_AT_0C = 273.15
DAYS_PER_YEAR = 365.0
HOURS_PER_DAY = 24.0
GWH_PER_MT_LNG = 15_100.0  # GCV; GIIGNL annual report properties, mean of exporters
BCM_GAS_PER_MT_LNG = 1.36  # statistical, 40 MJ/m3
MWH_PER_M3_LNG = 6.85  # GCV of one cubic metre of liquid; GIIGNL mean, 0.45 t/m3


@dataclass(frozen=True)
class HeatingValue:
    """Gross calorific value of a gas in kWh per cubic metre at a reference temperature, with source and grade."""

    kwh_per_m3: float
    reference_celsius: float
    source: str
    grade: str


HEATING_VALUES: dict[str, HeatingValue] = {
    "default": HeatingValue(10.55, 15, "project default; ENTSOG and GIE practice: 10.3 to 11.1", "judgement"),
    "EI": HeatingValue(40 / MJ_PER_KWH, 15, "Energy Institute Statistical Review: 40 MJ/m3 GCV", "published"),
    "RU": HeatingValue(10.42, 20, "Gazprom reporting at 20 C; NEL and OPAL 2021: 621 TWh = 60.3 bcm", "converted"),
    "NO": HeatingValue(11.06, 15, "Gassco 2023: 1,207 TWh = 109.1 bcm", "converted"),
    "DZ": HeatingValue(11.0, 15, "Transmed and Medgaz entry quality", "estimated"),
    "AZ": HeatingValue(10.8, 15, "Trans Adriatic Pipeline entry quality", "estimated"),
    "LY": HeatingValue(11.0, 15, "Greenstream entry quality", "estimated"),
    "IR": HeatingValue(10.5, 15, "Iranian export gas", "estimated"),
    "NL-L": HeatingValue(35.17 / MJ_PER_KWH, 0, "Groningen gas: 35.17 MJ per normal cubic metre", "published"),
    "US": HeatingValue(10.6, 15, "Regasified lean LNG", "estimated"),
    "QA": HeatingValue(11.3, 15, "Regasified rich LNG", "estimated"),
}  # fmt: skip


class Dimension(StrEnum):
    """What a quantity measures."""

    ENERGY = "energy"
    ENERGY_RATE = "energy per day"
    PRICE = "price"


_ENERGY_GWH: dict[str, float] = {
    "kWh": 1e-6, "MWh": 1e-3, "GWh": 1.0, "TWh": 1e3, "MJ": 1e-6 / MJ_PER_KWH, "GJ": 1e-3 / MJ_PER_KWH,
    "TJ": 1 / MJ_PER_KWH, "PJ": 1e3 / MJ_PER_KWH, "therm": MWH_PER_THERM / 1e3, "MMBtu": MWH_PER_MMBTU / 1e3,
    "TBtu": MWH_PER_MMBTU * 1e3, "MtLNG": GWH_PER_MT_LNG,
}  # fmt: skip
_VOLUME_M3: dict[str, float] = {"m3": 1.0, "kcm": 1e3, "mcm": 1e6, "bcm": 1e9}
_TEMPERATURES: dict[str, float] = {"0C": 0.0, "15C": 15.0, "20C": 20.0}
_PER_DAY: dict[str, float] = {"d": 1.0, "day": 1.0, "y": 1 / DAYS_PER_YEAR, "year": 1 / DAYS_PER_YEAR,
                              "month": 12 / DAYS_PER_YEAR}  # fmt: skip
_QUANTITY = re.compile(
    r"^\s*([-+]?(?:\d+(?:[ ,]\d{3})*|\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*([A-Za-z0-9_\- ]+?)\s*(?:/\s*([A-Za-z]+))?\s*$"
)


@dataclass(frozen=True)
class Quantity:
    """A quantity in internal units: GWh or GWh/d, with the text it came from."""

    value: float
    dimension: Dimension
    text: str

    def to(self, unit: str) -> float:
        """Return the value in 'GWh', 'TWh', 'GWh/d' or 'TWh/y'. Errors: ``InputError`` if it measures another thing."""
        known = {"GWh": (Dimension.ENERGY, 1.0), "TWh": (Dimension.ENERGY, 1e-3),
                 "GWh/d": (Dimension.ENERGY_RATE, 1.0), "TWh/y": (Dimension.ENERGY_RATE, DAYS_PER_YEAR / 1e3)}
        if unit not in known:
            raise InputError("unknown-unit", f"cannot express a quantity in '{unit}'",
                             hint=f"one of {', '.join(known)}")  # fmt: skip
        dimension, factor = known[unit]
        if dimension is not self.dimension:
            raise InputError("wrong-unit", f"'{self.text}' is {self.dimension}, but {unit} is needed",
                             hint="a rate needs /d, /month or /y; a stock or yearly amount must not have it")
        return self.value * factor


def parse_quantity(text: str, *, origin: str | None = None) -> Quantity:
    """Return the quantity that a text such as '27.5 bcm_15C/y', '110 mcm_20C_RU/d' or '17.4 Mt LNG/y' names.

    Volumes need a reference temperature (``_0C``, ``_15C``, ``_20C``) and may name an origin whose heating
    value applies (``_RU``), or the statistical cubic metre ``bcm_EI`` (40 MJ). /y is 365 days.
    Errors: ``InputError`` for plain bcm or mcm, unknown units (with the nearest known one), NaN or negative values.
    """
    match = _QUANTITY.match(text)
    if match is None or not match[1]:
        raise InputError("bad-quantity", f"'{text}' is not a number with a unit", hint="for example 27.5 bcm_15C/y")
    value = float(match[1].replace(",", "").replace(" ", ""))
    if math.isnan(value) or value < 0:
        raise InputError("bad-quantity", f"'{text}' is negative or not a number")
    amount = value * _gwh_per(match[2].replace(" ", ""), text, origin)
    if match[3] is None:
        return Quantity(amount, Dimension.ENERGY, text)
    if match[3] not in _PER_DAY:
        raise InputError("unknown-unit", f"'{text}': '/{match[3]}' is no time unit", hint="/d, /month or /y")
    return Quantity(amount * _PER_DAY[match[3]], Dimension.ENERGY_RATE, text)


def _gwh_per(unit: str, text: str, origin: str | None) -> float:
    if unit in _ENERGY_GWH:
        return _ENERGY_GWH[unit]
    head, *rest = unit.split("_")
    if head in _VOLUME_M3:
        return _VOLUME_M3[head] * _kwh_per_m3(rest, text, origin) / 1e6
    if unit in ("Mt", "t", "tonne"):
        raise InputError("unknown-unit", f"'{text}': a tonne of what?", hint="write Mt LNG, or give energy")
    known = [*_ENERGY_GWH, "bcm_15C", "bcm_20C", "bcm_EI", "mcm_15C", "mcm_20C"]
    near = difflib.get_close_matches(unit, known, 1)
    raise InputError("unknown-unit", f"'{text}': unknown unit '{unit}'",
                     hint=f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}")  # fmt: skip


def _kwh_per_m3(parts: list[str], text: str, origin: str | None) -> float:
    if parts == ["EI"]:
        return HEATING_VALUES["EI"].kwh_per_m3
    if not parts or parts[0] not in _TEMPERATURES:
        raise InputError("ambiguous-volume", f"'{text}': a cubic metre needs its reference temperature",
                         hint="bcm_15C, bcm_20C (Gazprom), bcm_0C, or bcm_EI for 40 MJ/m3; they differ by up to 7 %")
    gas = parts[1] if len(parts) > 1 else (origin or "default")
    if gas not in HEATING_VALUES:
        raise InputError("unknown-origin", f"'{text}': no heating value for '{gas}'",
                         hint=f"one of {', '.join(HEATING_VALUES)}")  # fmt: skip
    return gcv_kwh_per_m3(gas, _TEMPERATURES[parts[0]])


def volume_ratio(from_celsius: float, to_celsius: float) -> float:
    """Return cubic metres at ``to_celsius`` per cubic metre at ``from_celsius``, same pressure, ideal gas."""
    return (KELVIN_AT_0C + to_celsius) / (KELVIN_AT_0C + from_celsius)


def gcv_kwh_per_m3(gas: str, at_celsius: float) -> float:
    """Return the gross calorific value in kWh per cubic metre measured at ``at_celsius``."""
    heating = HEATING_VALUES[gas]
    return heating.kwh_per_m3 / volume_ratio(heating.reference_celsius, at_celsius)


def twh_from_bcm(bcm: Number, *, kwh_per_m3: float) -> Number:
    """Return TWh GCV of billions of cubic metres with the given heating value."""
    return bcm * kwh_per_m3


def bcm_from_twh(twh: Number, *, kwh_per_m3: float) -> Number:
    """Return billions of cubic metres with the given heating value."""
    return twh / kwh_per_m3


def twh_from_bcm_ei(bcm: Number) -> Number:
    """Return TWh GCV of statistical bcm of 40 MJ (Energy Institute)."""
    return twh_from_bcm(bcm, kwh_per_m3=HEATING_VALUES["EI"].kwh_per_m3)


def bcm_ei_from_twh(twh: Number) -> Number:
    """Return statistical bcm of 40 MJ (Energy Institute)."""
    return bcm_from_twh(twh, kwh_per_m3=HEATING_VALUES["EI"].kwh_per_m3)


def mw_from_gwh_d(rate: Number) -> Number:
    """Return the mean power in MW of a rate in GWh a day."""
    return rate * 1e3 / HOURS_PER_DAY


def mwh_from_gwh(energy: Number) -> Number:
    """Return MWh of GWh."""
    return energy * 1e3


def twh_from_gwh(gwh: Number) -> Number:
    """Return TWh of GWh."""
    return gwh / 1e3


def eur_bn_from_gwh_eur_mwh(gwh_times_price: Number) -> Number:
    """Return EUR billion of a sum of GWh x EUR/MWh: one such product is 1,000 EUR."""
    return gwh_times_price / 1e6


def mwh_from_mmbtu(mmbtu: Number) -> Number:
    """Return MWh GCV of MMBtu."""
    return mmbtu * MWH_PER_MMBTU


def eur_mwh_from_usd_mmbtu(price: Number, *, usd_per_eur: float) -> Number:
    """Return EUR/MWh of a price in USD/MMBtu."""
    return price / MWH_PER_MMBTU / usd_per_eur


def usd_mmbtu_from_eur_mwh(price: Number, *, usd_per_eur: float) -> Number:
    """Return USD/MMBtu of a price in EUR/MWh."""
    return price * MWH_PER_MMBTU * usd_per_eur


def eur_mwh_from_pence_therm(price: Number, *, gbp_per_eur: float) -> Number:
    """Return EUR/MWh of a price in pence per therm."""
    return price / 100 / MWH_PER_THERM / gbp_per_eur


def eur_mwh_from_usd_kcm(price: Number, *, usd_per_eur: float, kwh_per_m3: float) -> Number:
    """Return EUR/MWh of a price in USD per thousand cubic metres with the given heating value."""
    return price / kwh_per_m3 / usd_per_eur


def gcv_from_ncv(energy: Number, *, ncv_per_gcv: float = NCV_PER_GCV) -> Number:
    """Return energy on the gross basis of energy on the net basis."""
    return energy / ncv_per_gcv


def ncv_from_gcv(energy: Number, *, ncv_per_gcv: float = NCV_PER_GCV) -> Number:
    """Return energy on the net basis of energy on the gross basis; a net price is higher by the inverse."""
    return energy * ncv_per_gcv


def gwh_from_m3_lng(m3: Number) -> Number:
    """Return GWh GCV of cubic metres of liquid."""
    return m3 * MWH_PER_M3_LNG / 1e3
