"""Words that more than one layer shares, as enums, so that no string is compared where a name exists."""

from __future__ import annotations

from enum import StrEnum


class NodeKind(StrEnum):
    """What a node is: a market has consumers; the other kinds only pass gas on."""

    MARKET = "market"
    LNG_IMPORT = "lng_import"
    LNG_EXPORT = "lng_export"
    BASIN = "basin"
    TRANSIT = "transit"

    @property
    def has_pool(self) -> bool:
        """True where gas is sold into a pool (hubs and LNG import ports)."""
        return self in (NodeKind.MARKET, NodeKind.LNG_IMPORT)


class ArcKind(StrEnum):
    """What an arc is made of."""

    PIPELINE = "pipeline"
    LIQUEFACTION = "liquefaction"
    SHIPPING = "shipping"
    REGASIFICATION = "regasification"


class AssetState(StrEnum):
    """Physical or commercial state of an asset; only ``open`` assets carry gas."""

    OPEN = "open"
    CLOSED = "closed"
    DESTROYED = "destroyed"
    PLANNED = "planned"


class PhysicalState(StrEnum):
    """What an asset is made of on a day, whatever law or contracts say."""

    INTACT = "intact"  # able to carry gas
    STOPPED = "stopped"  # intact, halted by its operator
    BROKEN = "broken"
    PLUGGED = "plugged"  # broken, open ends closed
    UNBUILT = "unbuilt"


class ProjectStatus(StrEnum):
    """How far a project is."""

    OPERATING = "operating"
    CONSTRUCTION = "construction"
    DECIDED = "decided"  # final investment decision or binding contract
    PROPOSED = "proposed"
    STALLED = "stalled"
    IDEA = "idea"


class Grade(StrEnum):
    """How a number came about."""

    PUBLISHED = "published"
    CONVERTED = "converted"
    ESTIMATED = "estimated"
    JUDGEMENT = "judgement"
    CALIBRATED = "calibrated"


class Basis(StrEnum):
    """What an agreement between model and observation is worth."""

    IMPOSED = "imposed"
    FITTED = "fitted"
    FREE = "free"


class LimitKind(StrEnum):
    """What a policy limit adds up."""

    FLOW = "flow"
    STOCK = "stock"


class Conjecture(StrEnum):
    """Which slope of price a strategic seller believes its sales meet."""

    RESIDUAL = "residual"  # residual_slope_eur_mwh_per_gwh_d, on the yearly mean of all its sales
    OWN_MARKET = "own_market"  # the slope of each area's own demand, on its sales there in each period
    GIVEN = "given"  # conjectured_slope_eur_mwh_per_gwh_d, on its sales in each area and period


class ConductPreset(StrEnum):
    """Conduct of all sellers with market power at once."""

    COMPETITIVE = "competitive"  # every seller takes prices
    CALIBRATED = "calibrated"  # as the dataset has it
    COURNOT = "cournot"  # all of its effect on its residual demand is taken into account


class DemandShape(StrEnum):
    """How consumption answers to price."""

    AFFINE = "affine"
    ISOELASTIC = "isoelastic"
    EXPONENTIAL = "exponential"
    TABULATED = "tabulated"
    FIXED = "fixed"


class CurveShape(StrEnum):
    """How a marginal cost rises with the flow q: u is q / scale, c the coefficient, n the exponent."""

    POWER = "power"  # c u^n
    LOGARITHMIC = "logarithmic"  # -c ln(1 - u)
    RECIPROCAL = "reciprocal"  # c / (1 - u)


class ShareBase(StrEnum):
    """What a share limit is a share of."""

    CONSUMPTION = "consumption"
    SALES = "sales"


class LevyBase(StrEnum):
    """What a state levies on."""

    BORDER_VALUE = "border_value"
    PRODUCTION = "production"
    PROFIT = "profit"


POOL = "pool"
"""Stands where a trader is named, and means the gas of the pool."""

EU27 = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
