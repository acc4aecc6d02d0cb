"""The scenarios of the plausibility set: one change each of calendar 2025, so that each answer has one cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from linepack import units
from linepack.plausibility.areas import AREAS, gas_added, gas_lost
from linepack.plausibility.figures import RUSSIANS, STRING_B
from linepack.scenario.patches import (
    AddRowsPatch,
    AssetPatch,
    ConductPatch,
    ContractPatch,
    Patch,
    Span,
    SupplyPatch,
    TablePatch,
)
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import POOL, AssetState, Conjecture, DemandShape

BASE = "base"
STRING_VOLUMES_BCM = (0.0, 5.0, 10.0, 15.0, 20.0, 27.5, 35.0, 45.0, 55.0)
"""Volumes through string B that are tried; above 27.5 the pipe is taken to be wider than it is."""

SHIP_COUNTS = (14, 28, 42, 56)
ASIA = ("CN", "JP", "KR", "TW", "IN", "PK", "TH", "SG", "MY", "BD", "PH", "HK", "VN")
EVERY_DAY = Span()

OWN_MARKET = "NWECEE"
EVEN_ELASTICITY = 0.15
"""North-west and central Europe, and the elasticity that all its demand had in the smaller market of the bands."""

OPEN_STRING = AssetPatch("string B opens", "the question", (STRING_B,), {}, EVERY_DAY, AssetState.OPEN)
BAN: tuple[Patch, ...] = (
    AssetPatch("EU ports closed to Russian LNG", "import ban", (), {
        "origin": ("YAMAL-EXP", "MURMANSK", "ARCTIC2-EXP", "SAKHALIN-EXP"), "destination_region": ("EU27",),
    }, EVERY_DAY, AssetState.CLOSED),
    AddRowsPatch("Gazprom's gas may not enter the EU", "import ban", "flow_rules", (
        {"rule": "ban-hu", "trader": "GAZPROM", "arc": "RS-HU", "first_day": "2020-01-01", "capacity_share": 0},
        {"rule": "ban-gr", "trader": "GAZPROM", "arc": "BG-GR", "first_day": "2020-01-01", "capacity_share": 0},
    )),
    ContractPatch("pipeline contracts fall away", "import ban", ("GAZ-HU", "GAZ-SK", "GAZ-GR"), EVERY_DAY, True),
    ContractPatch("LNG contracts fall away", "import ban", ("YAMAL-EU-*",), EVERY_DAY, True),
)  # fmt: skip
RESALE_ROUTES = ("RS-HU", "RS-BG", "KALOTINA_RS-BG", "STRANDZHA1", "KIPI")
"""Ways by which pool gas of Serbia and Turkey, where Russian gas is sold, enters the EU."""

NO_RESALE = AddRowsPatch("no resale from Serbia and Turkey", "origin must be proved", "flow_rules", tuple(
    {"rule": f"trace-{arc}", "trader": POOL, "arc": arc, "first_day": "2020-01-01", "capacity_share": 0}
    for arc in RESALE_ROUTES
))  # fmt: skip
NO_DETOUR: tuple[Patch, ...] = (
    AssetPatch("no transfer at Murmansk", "as in early 2025", ("ship:YAMAL-EXP>MURMANSK",), {}, EVERY_DAY,
               AssetState.CLOSED),
    AssetPatch("Turkey takes none", "as if it joined the ban", (), {
        "origin": ("YAMAL-EXP", "MURMANSK", "ARCTIC2-EXP"), "destination": ("TR-LNG",),
    }, EVERY_DAY, AssetState.CLOSED),
)  # fmt: skip
NO_GULF: tuple[Patch, ...] = (
    SupplyPatch("no Gulf LNG", "the strait is closed", ("QA_LNG", "QA_NEW_LNG", "AE_LNG"), EVERY_DAY, 0.0),
    ContractPatch("Gulf contracts suspended", "force majeure", ("QA-*-LNG", "AE-*-LNG"), EVERY_DAY, True),
)
ONE_SELLER = TablePatch("Russia sells as one", "to see what that changes", "traders", {"trader": RUSSIANS},
                        "owner_group", value="Russia")  # fmt: skip


def ships(count: float, of: float = 14.0) -> Patch:
    """Return the patch that gives Yamal LNG ``count`` ships in place of the ``of`` it has."""
    return TablePatch(f"{count:g} ice ships", "to see which number no longer limits", "fleets",
                      {"fleet": ("YAMAL_ARC7",)}, "ships", factor=count / of)  # fmt: skip


def string_of(bcm: float) -> tuple[Patch, ...]:
    """Return the patches under which string B carries ``bcm`` a year (default heating value) and Russians take prices.

    The entry at Lubmin is widened with it.
    """
    takers = ConductPatch("Russians take prices", "the volume is set from outside", RUSSIANS, 0.0)
    if bcm == 0:
        return (takers,)
    gwh = float(units.twh_from_bcm(bcm, kwh_per_m3=units.HEATING_VALUES["default"].kwh_per_m3)) * 1e3
    rate = gwh / units.DAYS_PER_YEAR
    entry = TablePatch("a wider entry", "the volume is set from outside", "joint_limits",
                       {"joint_limit": ("LUBMIN2",)}, "limit_gwh_d", value=max(rate, 962.4))  # fmt: skip
    return (takers, entry, AssetPatch("string B", "the volume is set from outside", (STRING_B,), {}, EVERY_DAY,
                                      None, rate))  # fmt: skip


def scenarios(system: GasSystem, base: Scenario) -> list[Scenario]:
    """Return every scenario of the set, the unchanged base first; names are what the checks ask for."""
    year = base.first_month[:4]
    named: dict[str, Sequence[Patch]] = {BASE: ()}
    for key, (_, nodes) in AREAS.items():
        named[f"less-{key}"] = (gas_lost(system, nodes, year),)
        named[f"more-{key}"] = (gas_added(system, nodes, year),)
    named |= _supply() | _string(system) | _ban()
    found = [base.with_patches(name, *patches, title=name) for name, patches in named.items()]
    return [*found, *(replace(base, closing="values").with_patches(name, *patches, title=name)
                      for name, patches in _without_levels().items())]  # fmt: skip


def _supply() -> dict[str, Sequence[Patch]]:
    one = {"lng-less": 0.99, "lng-more": 1.01}
    named: dict[str, Sequence[Patch]] = {
        name: (SupplyPatch("world LNG", "one per cent", ("*_LNG",), EVERY_DAY, factor),) for name, factor in one.items()
    }
    for name, factor in {"wedge-0": 0.0, "wedge-2": 2.0}.items():
        wedge = TablePatch("route wedges", "behaviour, not cost", "parameters", {"parameter": ("wedge_multiplier",)},
                           "value", value=factor)  # fmt: skip
        named |= {name: (wedge,), f"{name}-string": (wedge, OPEN_STRING)}
    isoelastic = TablePatch(
        "isoelastic demand",
        "shape far from the reference",
        "demand",
        {"shape": (DemandShape.AFFINE.value,)},
        "shape",
        value=DemandShape.ISOELASTIC.value,
    )
    doubled = TablePatch("elasticities doubled", "a year is long", "demand", {"segment": ("*",)}, "elasticity",
                         factor=2.0)  # fmt: skip
    return named | {"gulf": NO_GULF, "gulf-isoelastic": (*NO_GULF, isoelastic), "gulf-doubled": (*NO_GULF, doubled),
                    "doubled": (doubled,)}  # fmt: skip


def _string(system: GasSystem) -> dict[str, Sequence[Patch]]:
    named: dict[str, Sequence[Patch]] = {"string": (OPEN_STRING,)}
    for conduct in (0.0, 1.0):
        named[f"string-conduct-{conduct:g}"] = (OPEN_STRING, ConductPatch("Russians", "conduct", RUSSIANS, conduct))
    named["string-one-seller"] = (OPEN_STRING, ConductPatch("Russians", "conduct", RUSSIANS, 1.0), ONE_SELLER)
    takers = ConductPatch("Russians", "conduct in one area only", RUSSIANS, 0.0)
    for conduct in (0.5, 1.0):
        own = AddRowsPatch("Gazprom in north-west Europe", "as trade models had it", "area_conduct", (
            {"trader": "GAZPROM", "area": OWN_MARKET, "conduct": conduct, "conjecture": Conjecture.OWN_MARKET.value},
        ))  # fmt: skip
        named[f"string-own-market-{conduct:g}"] = (OPEN_STRING, takers, own)
    area = dict(zip(*(system.table("nodes")[column] for column in ("node", "area")), strict=True))
    inside = tuple(node for node in system.table("demand")["node"].unique() if area[node] == OWN_MARKET)
    even = TablePatch("one elasticity", "as in the smaller market", "demand", {"node": inside}, "elasticity",
                      value=EVEN_ELASTICITY)  # fmt: skip
    named["string-own-market-1-even"] = (even, *named["string-own-market-1"])
    for bcm in STRING_VOLUMES_BCM:
        named[f"string-{bcm:g}"] = string_of(bcm)
    for name, factor in {"asia-half": 0.5, "asia-double": 2.0}.items():
        asia = TablePatch("Asian elasticity", "the least known number", "demand", {"node": ASIA}, "elasticity",
                          factor=factor)  # fmt: skip
        named |= {name: (asia,), f"{name}-string": (asia, OPEN_STRING)}
    both = AssetPatch("both strings", "string A repaired", ("NS2_A", "NS2_B"), {}, EVERY_DAY, AssetState.OPEN,
                      is_repaired=True)  # fmt: skip
    sudzha = units.parse_quantity("15 bcm_20C_RU/y").to("GWh/d")
    back = AssetPatch("Sudzha reopens", "15 bcm a year", ("UA_SUDZHA",), {}, EVERY_DAY, None, sudzha)
    return named | {"two-strings": (both,), "ukraine-15": (back,)}


def _ban() -> dict[str, Sequence[Patch]]:
    named: dict[str, Sequence[Patch]] = {
        "ban": (*BAN, NO_RESALE), "ban-trusting": BAN, "ban-no-detour": (*BAN, NO_RESALE, *NO_DETOUR),
    }  # fmt: skip
    for count in SHIP_COUNTS[1:]:
        named[f"ban-{count}-ships"] = (*BAN, NO_RESALE, ships(count))
    named["ban-trusting-28"] = (*BAN, ships(28))
    named["ban-28-no-detour"] = (*BAN, NO_RESALE, *NO_DETOUR, ships(28))
    return named


def _without_levels() -> Mapping[str, Sequence[Patch]]:
    worth = TablePatch("closing stock", "one value for all of it", "storage_values", {"source": ("*",)},
                       "value_eur_mwh", value=45.0)  # fmt: skip
    return {"gulf-free-stocks": (worth, *NO_GULF)}
