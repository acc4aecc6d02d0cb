"""One machine-readable schema per table. It drives loading, checking, documentation and error messages.

Every table also carries the four provenance columns: ``source``, ``grade``, ``known_from``, ``note``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from linepack.vocabulary import (
    POOL,
    ArcKind,
    AssetState,
    Basis,
    Conjecture,
    CurveShape,
    DemandShape,
    Grade,
    LevyBase,
    LimitKind,
    NodeKind,
    PhysicalState,
    ProjectStatus,
    ShareBase,
)

SCHEMA_VERSION = 1


class Kind(StrEnum):
    """Type of a column."""

    TEXT = "text"
    NUMBER = "number"
    MONTH = "month"  # YYYY-MM
    DATE = "date"  # YYYY-MM-DD
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Column:
    """One column: type, unit, whether it must be filled, default for an empty cell, limits, reference."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    required: bool = True
    default: str | float | bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    references: str | None = None  # "table.column" that the value must exist in
    besides: tuple[str, ...] = ()  # values allowed beside those

    @property
    def number_hint(self) -> str:
        """What a cell of a column of numbers must hold, in words."""
        return f"a number in {self.unit}" if self.unit else "a number"


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its key columns and its columns."""

    name: str
    description: str
    key: tuple[str, ...]
    own_columns: tuple[Column, ...]
    is_optional: bool = False
    provenance: tuple[Column, ...] | None = None  # None: the four columns of PROVENANCE
    is_ordered: bool = False  # the order of rows has a meaning

    @property
    def columns(self) -> tuple[Column, ...]:
        """Own columns followed by provenance."""
        return self.own_columns + (PROVENANCE if self.provenance is None else self.provenance)

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def text(name: str, description: str, *, required: bool = True, choices: tuple[str, ...] = (),
         references: str | None = None, besides: tuple[str, ...] = (),
         default: str | None = None) -> Column:  # fmt: skip
    """Return a text column."""
    return Column(name, Kind.TEXT, description, "", required, default, None, None, choices, references, besides)


def number(name: str, unit: str, description: str, *, required: bool = True, default: float | None = None,
           minimum: float | None = 0.0, maximum: float | None = None) -> Column:  # fmt: skip
    """Return a number column; non-negative unless ``minimum`` says otherwise."""
    return Column(name, Kind.NUMBER, description, unit, required, default, minimum, maximum)


def month(name: str, description: str, *, required: bool = True) -> Column:
    """Return a calendar-month column (YYYY-MM)."""
    return Column(name, Kind.MONTH, description, "", required)


def day(name: str, description: str, *, required: bool = True) -> Column:
    """Return a date column (YYYY-MM-DD)."""
    return Column(name, Kind.DATE, description, "", required)


def _curve(of: str) -> tuple[Column, ...]:
    """Return the columns of one term of a rising marginal cost."""
    return (
        number("term", "1", f"Number of the term; the terms of {of} add up.", required=False, default=1.0),
        text("shape", "power: c u^n; logarithmic: -c ln(1 - u); reciprocal: c / (1 - u); u is flow / scale.",
             choices=tuple(CurveShape)),
        number("coefficient_eur_mwh", "EUR/MWh", "c: added to marginal cost."),
        number("scale_gwh_d", "GWh/d", "Flow at which u is one."),
        number("exponent", "1", "n of a power term.", required=False, default=1.0),
    )  # fmt: skip


PROVENANCE = (
    text("source", "Where the number comes from; 'linepack' rows say how they were derived."),
    text("grade", "How it came about.", choices=tuple(Grade)),
    day("known_from", "First date on which somebody could have known this row."),
    text("note", "Remarks.", required=False, default=""),
)

TABLES: tuple[Table, ...] = (
    Table("nodes", "Markets, LNG ports, transit points and producing basins.", ("node",), (
        text("node", "Identifier; ISO 3166 code for a country market."),
        text("name", "Name to show."),
        text("kind", "What the node is.", choices=tuple(NodeKind)),
        text("country", "ISO 3166 alpha-2 code, or an aggregate code."),
        text("region", "Reporting region.", choices=("EU27", "Europe non-EU", "Russia", "Asia", "Middle East",
                                                      "Africa", "Americas", "Oceania")),
        text("area", "Group of markets that trade as one."),
        text("hub", "Trading hub or price marker, if any.", required=False, default=""),
        number("lon", "degree", "Longitude.", minimum=-180, maximum=180),
        number("lat", "degree", "Latitude.", minimum=-90, maximum=90),
    )),
    Table("traders", "Exporters that carry their own gas to the place of first sale.", ("trader",), (
        text("trader", "Identifier."),
        text("name", "Name to show."),
        text("owner_group", "Whose profit a strategic seller maximises."),
        text("country", "Seat, ISO 3166 alpha-2."),
        number("conduct", "1", "Part of its effect on price that it takes into account: 0 price taker, 1 all of it."),
        number("residual_slope_eur_mwh_per_gwh_d", "EUR/MWh per GWh/d",
               "Fall of price for a flat extra GWh/d of this seller over twelve months."),
        text("conjecture", "Slope it believes to meet: of residual demand, of each area's own demand, or a given one.",
             required=False, default=Conjecture.RESIDUAL, choices=tuple(Conjecture)),
        number("conjectured_slope_eur_mwh_per_gwh_d", "EUR/MWh per GWh/d", "Slope of a given conjecture.",
               required=False, default=0.0),
    )),
    Table("area_conduct", "Conduct of a seller in one area, where it differs; it adds to a residual slope.",
          ("trader", "area"), (
        text("trader", "Trader.", references="traders.trader"),
        text("area", "Area.", references="nodes.area"),
        number("conduct", "1", "0 price taker, 1 takes all of its effect on the area's price into account."),
        text("conjecture", "Slope it believes to meet there.", choices=(Conjecture.OWN_MARKET, Conjecture.GIVEN)),
        number("conjectured_slope_eur_mwh_per_gwh_d", "EUR/MWh per GWh/d", "Slope of a given conjecture.",
               required=False, default=0.0),
    ), is_optional=True),
    Table("resources", "Gas that a trader can produce or lift.", ("resource",), (
        text("resource", "Identifier."),
        text("name", "Name to show."),
        text("trader", "Who sells it.", references="traders.trader"),
        text("node", "Basin where it enters.", references="nodes.node"),
    )),
    Table("supply_steps", "Rising steps of cash cost of a resource.", ("resource", "step"), (
        text("resource", "Resource.", references="resources.resource"),
        number("step", "1", "Order of the step, from 1."),
        number("capacity_share", "1", "Share of the month's availability in this step.", maximum=1.0),
        number("cost_eur_mwh", "EUR/MWh", "Cash cost of the step; below zero where by-products pay.", minimum=None),
        number("henry_hub_multiple", "1", "Added to cost: this multiple of the month's Henry Hub price.",
               required=False, default=0.0),
    )),
    Table("supply_curves", "Marginal cost of a supply step that rises with its output, on top of its cash cost.",
          ("resource", "step", "term"), (
        text("resource", "Resource.", references="resources.resource"),
        number("step", "1", "Step of the resource.", required=False, default=1.0),
        *_curve("a step"),
    ), is_optional=True),
    Table("availability", "What a resource can deliver, by month: the main input.", ("resource", "month"), (
        text("resource", "Resource.", references="resources.resource"),
        month("month", "Month."),
        number("capacity_gwh_d", "GWh/d", "Largest mean daily production of the month."),
    )),
    Table("resource_windows", "Limits on a resource over a calendar window.", ("resource", "first_month"), (
        text("resource", "Resource.", references="resources.resource"),
        month("first_month", "First month of the window."),
        month("last_month", "Last month of the window."),
        number("maximum_gwh", "GWh", "Largest production of the window; prorated if a horizon cuts it."),
        number("minimum_gwh", "GWh", "Smallest production of the window.", required=False, default=0.0),
    )),
    Table("arcs", "Pipelines by string or border pair, liquefaction and regasification.", ("arc",), (
        text("arc", "Identifier."),
        text("name", "Name to show."),
        text("kind", "What it is.", choices=(ArcKind.PIPELINE, ArcKind.LIQUEFACTION, ArcKind.REGASIFICATION)),
        text("origin", "From node.", references="nodes.node"),
        text("destination", "To node.", references="nodes.node"),
        number("capacity_gwh_d", "GWh/d", "Technical capacity, gross calorific value."),
        number("tariff_eur_mwh", "EUR/MWh", "Transport or regasification charge at the margin."),
        number("loss_fraction", "1", "Gas lost or burnt on the way.", required=False, default=0.0, maximum=0.5),
        text("state", "State on the dataset's date.", choices=tuple(AssetState)),
        Column("has_pool_access", Kind.BOOLEAN, "May any shipper move pool gas on it?"),
    )),
    Table("arc_curves", "Charge for carriage that rises with all flow on an arc, on top of its tariff.",
          ("arc", "term"), (
        text("arc", "Arc, or a shipping arc 'ship:ORIGIN>DESTINATION'."),
        *_curve("an arc"),
    ), is_optional=True),
    Table("arc_expansions", "Capacity that can be added to an arc for the whole horizon.", ("arc",), (
        text("arc", "Arc."),
        number("maximum_gwh_d", "GWh/d", "Largest addition; empty: no limit.", required=False),
        number("cost_eur_mwh", "EUR/MWh", "Cost of one GWh/d of added capacity per day, in thousand EUR, used or not."),
    ), is_optional=True),
    Table("arc_schedule", "Dated changes of an arc's capacity; the last row that covers a day counts.",
          ("arc", "first_day"), (
        text("arc", "Arc, or a shipping arc 'ship:ORIGIN>DESTINATION'."),
        day("first_day", "First day."),
        day("last_day", "Last day; empty: no end.", required=False),
        number("capacity_gwh_d", "GWh/d", "Capacity between those days (0: closed)."),
    ), is_ordered=True),
    Table("arc_parts", "The largest part of an arc that stands for several plants: what an N-1 account loses with it.",
          ("arc",), (
        text("arc", "Arc.", references="arcs.arc"),
        text("part", "Name of the part."),
        number("capacity_gwh_d", "GWh/d", "Its capacity, counted as the arc's own."),
    ), is_optional=True),
    Table("security_notes", "What a reader must know about a country's N-1 figure.", ("country",), (
        text("country", "Country."),
        text("remark", "The remark, as a sentence."),
    ), is_optional=True),
    Table("asset_states", "Physical state of an asset by date; legal state is not here.", ("arc", "first_day"), (
        text("arc", "Arc."),
        day("first_day", "First day."),
        day("last_day", "Last day; empty: no end is known.", required=False),
        text("state", "Physical state.", choices=tuple(PhysicalState)),
    ), is_optional=True),
    Table("asset_options", "What could be done with an asset: repair, plugging, start-up; cost and time as ranges.",
          ("option",), (
        text("option", "Identifier."),
        text("name", "What is done."),
        text("arc", "Arc."),
        text("leads_to", "Physical state afterwards.", choices=tuple(PhysicalState)),
        number("cost_low_musd", "million USD", "Lower end of the cost. Empty: no figure was found.", required=False),
        number("cost_high_musd", "million USD", "Upper end of the cost.", required=False),
        number("duration_low_months", "month", "Shortest time from the decision to the first gas."),
        number("duration_high_months", "month", "Longest time."),
    ), is_optional=True),
    Table("projects", "Pipelines, plants and fields that may come, with earliest dates.", ("project",), (
        text("project", "Identifier."),
        text("name", "Name to show."),
        text("arc", "Arc whose capacity it adds; empty: none in the model.", required=False, default=""),
        text("resource", "Resource whose availability it adds; empty: none in the model.", required=False, default="",
             references="resources.resource"),
        text("status", "How far it is.", choices=tuple(ProjectStatus)),
        month("first_month", "First month with gas in the outlook. Empty: not in it.", required=False),
        month("full_month", "First month at full rate.", required=False),
        number("capacity_gwh_d", "GWh/d", "What it adds at full rate."),
        text("earliest", "Earliest date named by a source; a year or a month.", required=False, default=""),
    ), is_optional=True),
    Table("joint_limits", "Limits that several arcs share.", ("joint_limit",), (
        text("joint_limit", "Identifier."),
        text("name", "Name to show."),
        number("limit_gwh_d", "GWh/d", "Largest sum of flows."),
        text("window", "Does it hold in each period or for the yearly mean?", choices=("period", "year")),
    )),
    Table("joint_limit_members", "Arcs under a joint limit.", ("joint_limit", "arc"), (
        text("joint_limit", "Joint limit.", references="joint_limits.joint_limit"),
        text("arc", "Arc, or a shipping arc 'ship:ORIGIN>DESTINATION'."),
    )),
    Table("carriage", "Which trader may carry its own gas on which pipeline.", ("trader", "arc"), (
        text("trader", "Trader.", references="traders.trader"),
        text("arc", "Arc.", references="arcs.arc"),
    )),
    Table("sales_points", "Where a pipeline trader may make the first sale; LNG is sold at every port it reaches.",
          ("trader", "node"), (
        text("trader", "Trader.", references="traders.trader"),
        text("node", "Market.", references="nodes.node"),
    )),
    Table("sea_routes", "LNG shipping arcs: distance between two ports.", ("origin", "destination"), (
        text("origin", "Export port.", references="nodes.node"),
        text("destination", "Import port.", references="nodes.node"),
        number("distance_nm", "nautical mile", "One way, Red Sea avoided as in 2025."),
        number("summer_distance_nm", "nautical mile", "One way from July to November, where ice allows.",
               required=False),
        number("transfer_eur_mwh", "EUR/MWh", "Ship-to-ship transfer and other extra cost.",
               required=False, default=0.0),
        text("ship_class", "Class of ship that sails it.", required=False, default="CONVENTIONAL",
             references="ship_classes.ship_class"),
        number("ice_days", "d", "Days that ice adds to a round trip from December to June.", required=False,
               default=0.0),
    )),
    Table("ship_classes", "One row per LNG ship class.", ("ship_class",), (
        text("ship_class", "Identifier."),
        number("cargo_mmbtu", "MMBtu", "Energy delivered by one cargo."),
        number("speed_kn", "kn", "Mean speed."),
        number("port_days", "d", "Days in port per round trip."),
        number("boil_off_share_per_day", "1/d", "Cargo burnt per day."),
        number("port_cost_usd", "USD", "Port and canal cost per round trip."),
        number("charter_usd_d", "USD/d", "Charter rate."),
    )),
    Table("fleets", "Ships of a class by date. A class without rows is not limited: the world fleet is large enough.",
          ("fleet", "first_day"), (
        text("fleet", "Identifier of the fleet."),
        text("ship_class", "Class.", references="ship_classes.ship_class"),
        day("first_day", "First day."),
        day("last_day", "Last day; empty: no end.", required=False),
        number("ships", "1", "Ships that may be used between those days."),
        number("available_share", "1", "Share of its days that a ship can trade (docking, repair).",
               required=False, default=1.0, maximum=1.0),
    ), is_optional=True),
    Table("sea_route_cases", "Distances when a canal or strait is open or closed; other routes keep theirs.",
          ("route_case", "origin", "destination"), (
        text("route_case", "Identifier of the case, for example SUEZ_OPEN."),
        text("origin", "Export port.", references="nodes.node"),
        text("destination", "Import port.", references="nodes.node"),
        number("distance_nm", "nautical mile", "One way in this case. Empty: no ship can pass.", required=False),
    ), is_optional=True),
    Table("storages", "Storage by market, with rates that depend on the level.", ("node",), (
        text("node", "Market.", references="nodes.node"),
        number("working_gas_gwh", "GWh", "Working gas volume."),
        number("injection_capacity_gwh_d", "GWh/d", "Sustained injection, empty store."),
        number("withdrawal_capacity_gwh_d", "GWh/d", "Sustained withdrawal, full store."),
        number("injection_share_when_full", "1", "Injection rate of a full store over that of an empty one.",
               maximum=1.0),
        number("withdrawal_share_when_empty", "1", "Withdrawal rate of an empty store over that of a full one.",
               maximum=1.0),
        number("injection_cost_eur_mwh", "EUR/MWh", "Cost of injection."),
        number("withdrawal_cost_eur_mwh", "EUR/MWh", "Cost of withdrawal."),
        number("cycle_efficiency_fraction", "1", "Gas kept over one cycle.", maximum=1.0),
    )),
    Table("storage_levels", "Stock by date.", ("node", "date"), (
        text("node", "Market.", references="storages.node"),
        day("date", "Gas in store at 06:00 of this day."),
        number("level_gwh", "GWh", "Stock."),
    )),
    Table("storage_values", "Value of gas left at the end of the horizon, in falling steps.", ("step",), (
        number("step", "1", "Order of the step, from 1."),
        number("fill_to_fraction", "1", "Upper end of the step, share of working gas.", maximum=1.0),
        number("value_eur_mwh", "EUR/MWh", "Value of gas in the step."),
    )),
    Table("demand", "Demand: quantity at a reference price, elasticity there, and the shape through that point.",
          ("node", "segment", "month"), (
        text("node", "Market.", references="nodes.node"),
        text("segment", "Group of consumers."),
        month("month", "Month."),
        number("quantity_gwh_d", "GWh/d", "Mean daily consumption at the reference price."),
        number("reference_price_eur_mwh", "EUR/MWh", "Price that goes with the quantity."),
        number("elasticity", "1", "Own-price elasticity there, sign omitted."),
        text("shape", "affine; isoelastic; exponential in price; tabulated (demand_points); fixed at any price.",
             required=False, default=DemandShape.AFFINE, choices=tuple(DemandShape)),
    )),
    Table("demand_hysteresis", "Consumers that do not come back one for one when gas gets cheaper than the reference.",
          ("node", "segment"), (
        text("node", "Market.", references="nodes.node"),
        text("segment", "Group of consumers."),
        number("lasting_share", "1", "Share of the response to prices below the reference that is lost.", maximum=1.0),
        number("return_limit_share", "1", "Most that returns, share of the reference quantity. Empty: no limit.",
               required=False),
    ), is_optional=True),
    Table("demand_memory", "Consumers whose demand also answers to the prices of earlier years (partial adjustment).",
          ("node", "segment"), (
        text("node", "Market.", references="nodes.node"),
        text("segment", "Group of consumers."),
        number("lasting_elasticity", "1", "Elasticity to the remembered price: long-run less short-run elasticity."),
        number("retention_fraction", "1", "Weight of a year in memory over that of the year after it.", maximum=1.0),
        number("end_user_cost_eur_mwh", "EUR/MWh", "What users pay besides the hub price: grid, excise, levies.",
               required=False, default=0.0),
        number("opening_log_price", "1", "Remembered at the start: mean logarithm of price over reference price.",
               minimum=None, required=False, default=0.0),
    ), is_optional=True),
    Table("demand_days", "Dated changes of demand by the day: a cold spell. Factors of rows that cover a day multiply.",
          ("node", "segment", "first_day", "factor"), (
        text("node", "Market.", references="nodes.node"),
        text("segment", "Group of consumers."),
        day("first_day", "First day."),
        day("last_day", "Last day, included."),
        number("factor", "1", "Demand over that of the month, at the same reference price."),
    ), is_optional=True),
    Table("demand_points", "Points of a tabulated demand, straight lines between and beyond them.",
          ("node", "segment", "point"), (
        text("node", "Market.", references="nodes.node"),
        text("segment", "Group of consumers."),
        number("point", "1", "Order of the point: quantity rises, price falls."),
        number("quantity_share", "1", "Quantity over the month's quantity in demand."),
        number("price_eur_mwh", "EUR/MWh", "Price at that quantity.", minimum=None),
    ), is_optional=True),
    Table("indigenous_production", "Production sold at home by price takers, or fixed supply outside the model.",
          ("node", "month"), (
        text("node", "Market.", references="nodes.node"),
        month("month", "Month."),
        number("quantity_gwh_d", "GWh/d", "Mean daily production."),
    )),
    Table("contracts", "Term contracts: what a buyer must take and a seller must deliver.", ("contract",), (
        text("contract", "Identifier."),
        text("name", "Name to show."),
        text("seller", "Trader.", references="traders.trader"),
        number("annual_quantity_gwh", "GWh", "Annual contract quantity."),
        number("take_or_pay_share", "1", "Share the buyer must take.", maximum=1.0),
        number("delivery_share", "1", "Share the seller must deliver even if others pay more.", maximum=1.0),
        number("maximum_share", "1", "Largest share the buyer may call; empty: not limited.", required=False),
        number("take_penalty_eur_mwh", "EUR/MWh", "Paid by the buyer for gas not taken; a transfer."),
        number("delivery_penalty_eur_mwh", "EUR/MWh", "Paid by the seller for gas not delivered; a transfer."),
        text("price_index", "What the price follows.", choices=("hub", "oil", "henry_hub", "fixed")),
        text("formula", "The formula as far as it is known, in words.", required=False, default=""),
        day("start", "First day."),
        day("end", "Last day."),
    )),
    Table("contract_points", "Where the gas of a contract is delivered.", ("contract", "node"), (
        text("contract", "Contract.", references="contracts.contract"),
        text("node", "Delivery point.", references="nodes.node"),
    )),
    Table("contract_makeup", "Gas paid for and not taken, which the buyer may take in later contract years.",
          ("contract",), (
        text("contract", "Contract with take-or-pay.", references="contracts.contract"),
        number("years", "1", "Later calendar years in which it may be taken.", minimum=1.0),
        number("annual_share", "1", "Most that is made up in a year, share of the annual quantity.", maximum=1.0),
        number("refund_share", "1", "Share of what was paid that is credited.", required=False, default=1.0,
               maximum=1.0),
        number("closing_share", "1", "Worth of a right that lasts beyond the horizon, share of the credit.",
               required=False, default=0.0, maximum=1.0),
    ), is_optional=True),
    Table("route_wedges", "Quadratic terms around an observed flow: equity and portfolio behaviour.",
          ("trader", "arc"), (
        text("trader", "Trader.", references="traders.trader"),
        text("arc", "Arc, or a shipping arc 'ship:ORIGIN>DESTINATION'."),
        number("reference_flow_gwh_d", "GWh/d", "Flow at which the wedge is nil."),
        number("slope_eur_mwh", "EUR/MWh", "Marginal cost is cost + slope x (flow / reference - 1)."),
    )),
    Table("flow_rules", "Dated limits and charges on a flow: what law or a contract adds to the physical network.",
          ("rule", "trader", "arc"), (
        text("rule", "Identifier of the rule."),
        text("trader", "Whose flow; 'pool' for pool gas; empty: everybody's together.", required=False, default="",
             references="traders.trader", besides=(POOL,)),
        text("arc", "Arc, or a shipping arc 'ship:ORIGIN>DESTINATION'."),
        day("first_day", "First day."),
        day("last_day", "Last day; empty: no end.", required=False),
        number("capacity_share", "1", "Share of the arc's capacity that may be used between those days.",
               required=False, default=1.0, maximum=1.0),
        number("charge_eur_mwh", "EUR/MWh", "Charge on the flow between those days: a transfer, no resource cost.",
               required=False, default=0.0),
        text("charge_receiver", "Who receives the charge.", required=False, default=""),
    ), is_optional=True),
    Table("pool_flags", "Whose gas keeps a flag when it enters a pool, where arcs are barred to it.",
          ("flag", "trader", "node"), (
        text("flag", "Identifier of the flag, for example an origin."),
        text("trader", "Seller.", references="traders.trader"),
        text("node", "Place of first sale.", references="nodes.node"),
    ), is_optional=True),
    Table("pool_flag_bars", "Arcs on which flagged pool gas may not move, by date; other pool gas may.",
          ("flag", "arc", "first_day"), (
        text("flag", "Flag."),
        text("arc", "Arc that pool gas uses."),
        day("first_day", "First day."),
        day("last_day", "Last day; empty: no end.", required=False),
    ), is_optional=True),
    Table("policy_limits", "Quotas and purchase pledges over a window, and storage rules at a date.",
          ("policy_limit",), (
        text("policy_limit", "Identifier."),
        text("kind", "A flow summed over the window, or a stock on its dates.", choices=tuple(LimitKind)),
        day("first_day", "First day of the window; a stock is that of 06:00."),
        day("last_day", "Last day of the window; a stock must also hold at each period's end up to it."),
        number("minimum_gwh", "GWh", "Smallest sum; a flow is prorated if the horizon cuts the window. Empty: none.",
               required=False),
        number("maximum_gwh", "GWh", "Largest sum, prorated likewise. Empty: none.", required=False),
        number("penalty_eur_mwh", "EUR/MWh", "Paid per MWh beyond the limit: a transfer. Empty: the limit is hard.",
               required=False),
        text("penalty_receiver", "Who receives the penalty.", required=False, default=""),
    ), is_optional=True),
    Table("policy_limit_members", "What a policy limit adds up.", ("policy_limit", "trader", "arc", "node"), (
        text("policy_limit", "Policy limit.", references="policy_limits.policy_limit"),
        text("trader", "Whose flow or sales; 'pool' for pool gas; empty: everybody's.", required=False, default="",
             references="traders.trader", besides=(POOL,)),
        text("arc", "Flow over this arc, at its entry. Empty for sales and stocks.", required=False, default=""),
        text("node", "Sales at this node, or the stock there. Empty for flows.", required=False, default="",
             references="nodes.node"),
    ), is_optional=True),
    Table("share_limits", "Largest share that a trader may have of a market.", ("share_limit",), (
        text("share_limit", "Identifier."),
        text("trader", "Whose sales; empty: each trader's on their own.", required=False, default="",
             references="traders.trader"),
        text("node", "Market; empty with an area: the area as one; both empty: each market on its own.",
             required=False, default="", references="nodes.node"),
        text("area", "Area as one market.", required=False, default="", references="nodes.area"),
        number("maximum_share", "1", "Largest share.", maximum=1.0),
        text("base", "Share of what: consumption, or first sales.", required=False, default=ShareBase.CONSUMPTION,
             choices=tuple(ShareBase)),
    ), is_optional=True),
    Table("fiscal_terms", "What states levy on a resource: duties, extraction taxes, royalties, profit taxes.",
          ("term",), (
        text("term", "Identifier."),
        text("resource", "Resource.", references="resources.resource"),
        text("receiver", "State that receives it, ISO 3166 alpha-2."),
        text("base", "What it is levied on.", choices=tuple(LevyBase)),
        number("rate_fraction", "1", "Share of border value or profit.", required=False, default=0.0, maximum=1.0),
        number("rate_eur_mwh", "EUR/MWh", "Levy on production.", required=False, default=0.0),
        number("in_supply_cost_eur_mwh", "EUR/MWh", "Part of supply_steps.cost_eur_mwh that is this levy, not a cost.",
               required=False, default=0.0),
    ), is_optional=True),
    Table("asset_terms", "Who runs an arc, and how its tariff and rents are shared; other arcs follow the default.",
          ("arc", "operator"), (
        text("arc", "Arc."),
        text("operator", "Who runs it."),
        text("country", "Country of the operator, ISO 3166 alpha-2."),
        number("share", "1", "Share of tariff and rents.", maximum=1.0),
        number("resource_cost_share", "1", "Share of the tariff that is a real cost.", maximum=1.0),
        number("rent_share", "1", "Share of congestion rents on traders' own gas that the operator collects.",
               maximum=1.0),
    ), is_optional=True),
    Table("contract_prices", "Price formula of a contract, where known: constant + multiples of hub and Henry Hub.",
          ("contract",), (
        text("contract", "Contract."),
        number("constant_eur_mwh", "EUR/MWh", "Constant."),
        number("hub_multiple", "1", "Multiple of the hub price at the delivery point.", required=False, default=0.0),
        number("henry_hub_multiple", "1", "Multiple of Henry Hub.", required=False, default=0.0),
    ), is_optional=True),
    Table("offtaker_shares", "Who holds the margin of tolled LNG; what no row names stays with the trader.",
          ("resource", "offtaker"), (
        text("resource", "Resource.", references="resources.resource"),
        text("offtaker", "Who lifts the cargo and bears its margin."),
        text("country", "Country of the offtaker, ISO 3166 alpha-2."),
        number("share", "1", "Share of volume.", maximum=1.0),
        number("fee_eur_mwh", "EUR/MWh", "Fixed fee that the plant keeps."),
    ), is_optional=True),
    Table("equity_shares", "Who owns a resource beside its trader; what no row names stays with the trader.",
          ("resource", "owner"), (
        text("resource", "Resource.", references="resources.resource"),
        text("owner", "Owner."),
        text("country", "Country of the owner, ISO 3166 alpha-2."),
        number("share", "1", "Share of profit after tax.", maximum=1.0),
    ), is_optional=True),
    Table("payoff_shares", "What an actor takes from the accounts: stated shares of purses or accounts of holders.",
          ("actor", "account", "holder"), (
        text("actor", "Identifier of a state, a company or a union body."),
        text("account", "Account, or a whole purse."),
        text("holder", "Holder, country or region."),
        number("share", "1", "Share, or weight, that the actor takes.", minimum=None),
    ), is_optional=True),
    Table("market_prices", "Observed monthly prices, and the outlook used beyond them.", ("month",), (
        month("month", "Month."),
        number("ttf_eur_mwh", "EUR/MWh", "TTF front month, mean of the month."),
        number("jkm_eur_mwh", "EUR/MWh", "JKM front month, mean of the month."),
        number("henry_hub_eur_mwh", "EUR/MWh", "Henry Hub, mean of the month."),
        number("usd_per_eur", "USD/EUR", "Exchange rate, mean of the month."),
    )),
    Table("price_markers", "Price markers as weighted means of hub prices.", ("marker", "node"), (
        text("marker", "Name of the marker, as the trade knows it."),
        text("node", "Pool node.", references="nodes.node"),
        number("weight", "1", "Weight of the node in the marker."),
    )),
    Table("forward_curves", "Forward prices of a marker as seen on a day, by block of delivery months.",
          ("marker", "curve_date", "first_month"), (
        text("marker", "Price marker.", references="price_markers.marker"),
        day("curve_date", "Day on which the prices were seen."),
        month("first_month", "First delivery month of the block."),
        month("last_month", "Last delivery month of the block."),
        number("price_eur_mwh", "EUR/MWh", "Mean price of the block."),
    ), is_optional=True),
    Table("parameters", "Single numbers of the model that belong to the data.", ("parameter",), (
        text("parameter", "Identifier."),
        number("value", "see unit", "Value.", minimum=None),
        text("unit", "Unit."),
        text("description", "What it is."),
    )),
    Table("observations", "What was observed, to hold the model against.", ("observation",), (
        text("observation", "Identifier."),
        text("label", "Name to show."),
        text("quantity", "What is measured.", choices=("price_mean", "lng_import", "lng_export", "pipeline_import",
                                                        "consumption", "storage_fill", "border_flow", "unserved")),
        text("origin", "Traders, resources or node it comes from, ';' between them.", required=False, default=""),
        text("destination", "Nodes, region or hub, ';' between them.", required=False, default=""),
        day("first_day", "First day of the mean, or the date of a stock."),
        day("last_day", "Last day."),
        number("value", "see unit", "Observed value."),
        text("unit", "Unit.", choices=("EUR/MWh", "TWh", "percent of working gas", "direction")),
        number("tolerance", "see unit", "Agreement asked for: share of the value, or points of fill."),
        text("basis", "Imposed on the model, fitted, or free.", choices=tuple(Basis)),
    ), is_optional=True),
    Table("claims", "Single values on which sources disagree, with the one adopted.", ("claim",), (
        text("claim", "Identifier."),
        text("table", "Table of the value."),
        text("key", "Row of the value."),
        text("column", "Column of the value."),
        number("value", "as the column", "Value claimed.", minimum=None),
        Column("is_adopted", Kind.BOOLEAN, "Is this the value in the table?"),
        text("reason", "Why it was adopted or not."),
    ), is_optional=True),
)  # fmt: skip

TABLES_BY_NAME = {table.name: table for table in TABLES}
