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
