"""The schema of result tables: what a row is, its key, and each column with unit and meaning.

One schema describes exported files, checks imported ones and makes the reference page.
"""

from __future__ import annotations

from linepack.system.schema import Column, Kind, Table

UNIT_ENDINGS = (
    ("_eur_mwh", "EUR/MWh"), ("_eur_bn", "EUR bn"), ("_gwh_d", "GWh/d"), ("_gwh", "GWh"), ("_twh", "TWh"),
    ("_fraction", "1"), ("eur_mwh", "EUR/MWh"), ("days_high", "d"), ("days_low", "d"), ("days", "d"),
    ("concentration", "1"),
)  # fmt: skip
NO_LIMIT = ("capacity_gwh_d",)
"""Columns in which an empty cell means that there is no limit."""

MAY_LACK = (*NO_LIMIT, "realised_eur_mwh", "import_concentration")
"""Columns in which a cell may be empty: those, what the horizon did not reach, and shares of imports of nobody."""

_MEANING = {
    "account": "Kind of income or cost.",
    "amount_eur_bn": "Amount of the calendar year, of the part of it in the horizon.",
    "arc": "Pipeline, plant, terminal or shipping arc 'ship:ORIGIN>DESTINATION'.",
    "asset": "Arc, resource, contract or store that the amount belongs to, if any.",
    "capacity_gwh_d": "Largest mean daily rate of the period; empty: no limit of its own.",
    "carrier": "Trader that carries its own gas, or 'pool'.",
    "cause": "What a part of a price pays for.",
    "congestion_rent_eur_mwh": "Worth of one more unit of capacity.",
    "consumption_gwh_d": "Gas used, mean of the period.",
    "contract": "Supply contract.",
    "cost_eur_mwh": "Resource cost of carriage.",
    "country": "ISO 3166 alpha-2 code, or an aggregate code.",
    "counts": "Is the amount part of welfare (or a memo)?",
    "days": "Days of the period.",
    "destination": "To node.",
    "detail": "Arc, resource, store or seller that the part of the price belongs to.",
    "entry_gwh_d": "Capacity to bring gas into the country.",
    "eur_mwh": "Part of the price.",
    "exposed_sales_gwh_d": "Yearly mean of a seller's sales that meet hub prices.",
    "fill_fraction": "Level over working gas volume, end of the period.",
    "flow_gwh_d": "Flow at the entry of the arc, mean of the period.",
    "holder": "Company, state or country whose account it is.",
    "has_gas": "False where no gas is consumed or passes: the price is what the first consumer would pay.",
    "hub_price_eur_mwh": "What consumers pay at the hub: the worth of one more MWh there.",
    "import_concentration": "Sum of squared shares of the origins of imports.",
    "injection_gwh_d": "Gas put into store, mean of the period.",
    "kind": "pipeline, liquefaction, regasification or shipping.",
    "largest_entry": "Entry with the largest capacity.",
    "largest_entry_gwh_d": "Its capacity.",
    "level_gwh": "Gas in store, end of the period.",
    "made_up_gwh": "What the buyer took of gas that it had paid for in earlier years.",
    "marker": "Price marker: TTF, JKM and others.",
    "markup_eur_mwh": "Conduct x slope x exposed sales.",
    "mode": "lng or pipeline.",
    "n_minus_1_fraction": "Entry without the largest one, over demand of a peak day.",
    "netback_eur_mwh": "Worth of the seller's gas where it is produced.",
    "node": "Market, LNG port, transit point or basin.",
    "origin": "Country that produced the gas, or node from which an arc leads.",
    "owner_group": "Whose profit a strategic seller maximises.",
    "peak_day_gwh_d": "Demand of a peak day.",
    "period": "Label of the period.",
    "price_eur_mwh": "Weighted mean of hub prices.",
    "production_gwh_d": "Gas produced or lifted, mean of the period.",
    "discount_eur_mwh": "What flagged gas is worth less than gas that may go anywhere.",
    "expected_eur_mwh": "Price that was expected.",
    "flag": "Flag of pool gas, for example its origin.",
    "outlook_balance_gwh_d": "Gas that the market must expect beyond the data for that price.",
    "realised_eur_mwh": "Price that the path then gave; empty beyond the horizon.",
    "seen_on": "Day on which the window began.",
    "sold_gwh_d": "First sales of flagged gas at the node.",
    "purse": "Company, state, operator, consumer, storage or shipping.",
    "region": "Reporting region.",
    "resource": "Gas that a trader can produce or lift.",
    "sales_gwh_d": "First sale of a trader's gas, mean of the period.",
    "segment": "Group of consumers.",
    "source": "Export port of LNG, or the trader for pipeline gas.",
    "storage_days_high": "Days that the fullest store could supply at mean demand.",
    "storage_days_low": "Days that the emptiest store could supply at mean demand.",
    "storage_value_eur_mwh": "Worth of gas in store.",
    "trader": "Exporter.",
    "undelivered_gwh": "What the seller held back of its duty.",
    "unserved_fraction": "Unserved over demand wanted.",
    "unserved_gwh_d": "Demand worth more than the shedding price that is not met.",
    "unserved_twh": "The same over the horizon.",
    "untaken_gwh": "What the buyer left of its obligation.",
    "withdrawal_gwh_d": "Gas taken from store, mean of the period.",
    "year": "Calendar year, cut to the horizon.",
}  # fmt: skip


def _table(name: str, description: str, key: str, rest: str, *, is_optional: bool = False) -> Table:
    keys = tuple(key.split())
    return Table(name, description, keys, tuple(_column(c) for c in (*keys, *rest.split())), is_ordered=True,
                 provenance=(), is_optional=is_optional)  # fmt: skip


def unit_of(column: str) -> str:
    """Return the unit that the ending of a column's name stands for; empty for a label."""
    return next((unit for ending, unit in UNIT_ENDINGS if column.endswith(ending)), "")


def _column(name: str) -> Column:
    unit = unit_of(name)
    kind = Kind.NUMBER if unit else Kind.BOOLEAN if name in ("counts", "has_gas") else Kind.TEXT
    return Column(name, kind, _MEANING[name], unit, required=bool(unit) and name not in MAY_LACK)


RESULT_TABLES: tuple[Table, ...] = (
    _table("price_markers", "Price markers: weighted means of hub prices.", "marker period", "days price_eur_mwh"),
    _table("hub_prices", "Hub prices.", "node period", "days hub_price_eur_mwh has_gas country region"),
    _table("flows", "Gas on an arc, of one trader or of the pool.", "carrier arc period",
           "kind origin destination days flow_gwh_d"),
    _table("arcs", "All gas on an arc, its capacity and the worth of more.", "arc period",
           "kind origin destination days flow_gwh_d capacity_gwh_d congestion_rent_eur_mwh"),
    _table("sales", "First sales of traders' gas.", "trader source mode node period",
           "origin days sales_gwh_d hub_price_eur_mwh country region"),
    _table("production", "Output of resources.", "resource period",
           "trader node days production_gwh_d capacity_gwh_d netback_eur_mwh origin"),
    _table("transport_costs", "What a trader pays to carry its gas, without rents.", "trader arc period",
           "destination days cost_eur_mwh flow_gwh_d"),
    _table("markups", "Sellers with market power, by calendar year.", "owner_group year",
           "exposed_sales_gwh_d markup_eur_mwh"),
    _table("consumption", "Consumers.", "node segment period",
           "days consumption_gwh_d unserved_gwh_d country region"),
    _table("storage", "Stores.", "node period",
           "days level_gwh fill_fraction injection_gwh_d withdrawal_gwh_d storage_value_eur_mwh country region"),
    _table("contracts", "Contracts by calendar year.", "contract year", "untaken_gwh undelivered_gwh made_up_gwh"),
    _table("flagged", "Pool gas that may not move everywhere.", "flag node period",
           "days sold_gwh_d consumption_gwh_d discount_eur_mwh country region"),
    _table("accounts", "Who earns and pays what.", "account purse holder asset year",
           "country region counts amount_eur_bn"),
    _table("security", "Security of supply of a country.", "country",
           "region unserved_twh unserved_fraction peak_day_gwh_d entry_gwh_d largest_entry largest_entry_gwh_d "
           "n_minus_1_fraction storage_days_high storage_days_low import_concentration"),
    _table("expectations", "What a path with rolling expectations saw ahead, and what came.", "seen_on period",
           "marker expected_eur_mwh outlook_balance_gwh_d realised_eur_mwh", is_optional=True),
    _table("price_breakdown", "Parts of hub prices; they sum to the price.", "node period cause detail", "eur_mwh"),
)  # fmt: skip
RESULTS_BY_NAME = {table.name: table for table in RESULT_TABLES}
