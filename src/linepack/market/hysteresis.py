"""Plants closed when gas was dear do not all come back when it is cheap: demand falls more easily than it returns.

At prices above the reference, demand is what the table says. Below it, only a part of the response is left. The kinked
line is two consumers: the one of the table, which uses no more than its reference quantity, and one that begins
to use gas at the reference price, on a steeper line. The kink keeps demand concave, so the market stays one program.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.sets import MarketSets, pairs
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import DemandShape

RETURNING = " returning"
"""Ends the name of the segment that returns below the reference price."""

MULTIPLIER = "hysteresis_multiplier"


def hysteresis_shares(system: GasSystem) -> dict[tuple[str, str], float]:
    """Return the share of the response below the reference price that is lost, by node and segment; 0 to 1.

    It is ``lasting_share`` of the table times the parameter ``hysteresis_multiplier``, at most 1; empty without them.
    """
    single = dict(pairs(system.table("parameters"), "parameter", "value"))
    factor, table = float(single.get(MULTIPLIER, 0.0)), system.table("demand_hysteresis")
    shares = np.minimum(table["lasting_share"].to_numpy(dtype=float) * factor, 1.0)
    keys = pairs(table, "node", "segment")
    return {key: float(share) for key, share in zip(keys, shares, strict=True) if share > 0}


def with_returning_demand(system: GasSystem) -> GasSystem:
    """Return the system with one more consumer, 'SEGMENT returning', for each that hysteresis touches.

    With p0, q0 and e the reference of a month and h the lost share, its line starts at p0 and falls by
    p0 / (e q0 (1 - h)) per GWh/d; as a row of ``demand`` it is anchored at p0 / 2, where its elasticity is one.
    Errors: ``InputError`` for a consumer that does not exist, or whose demand is not affine.
    """
    shares = hysteresis_shares(system)
    if not shares:
        return system
    demand = system.table("demand")
    keys = pairs(demand, "node", "segment")
    lost = np.array([shares.get(key, np.nan) for key in keys])
    missing = [" ".join(key) for key in shares if key not in set(keys)]
    if missing:
        raise InputError("unknown-consumer", "these consumers have no demand", table="demand_hysteresis", keys=missing,
                         hint="node and segment as in the table demand")  # fmt: skip
    own = demand[np.isfinite(lost)]
    bent = own.loc[own["shape"] != DemandShape.AFFINE, "node"].unique().tolist()
    if bent:
        raise InputError("hysteresis-shape", "hysteresis needs affine demand", table="demand_hysteresis", keys=bent,
                         hint="use shape affine, or set hysteresis_multiplier to 0")  # fmt: skip
    left = 1.0 - lost[np.isfinite(lost)]
    new = own.assign(
        segment=own["segment"] + RETURNING,
        quantity_gwh_d=own["quantity_gwh_d"] * own["elasticity"] * left / 2,
        reference_price_eur_mwh=own["reference_price_eur_mwh"] / 2,
        elasticity=1.0,
    )[left > 0]
    return system.with_tables(demand=pd.concat([demand, new], ignore_index=True))


def most_consumption_gwh_d(
    system: GasSystem, s: MarketSets, quantity_gwh_d: np.ndarray, firm_gwh_d: np.ndarray
) -> np.ndarray:
    """Return the limit on the elastic part of consumption, (periods, consumers); infinite without hysteresis.

    A touched consumer uses at most its reference quantity, the firm block included; one that returns is limited by
    ``return_limit_share`` of that quantity, if the table has it.
    """
    shares, table = hysteresis_shares(system), system.table("demand_hysteresis")
    limit = np.full(quantity_gwh_d.shape, np.inf)
    at = {key: k for k, key in enumerate(pairs(s.demand, "node", "segment"))}
    returns = dict(zip(pairs(table, "node", "segment"), table["return_limit_share"].tolist(), strict=True))
    for node, segment in shares:
        k = at[node, segment]
        limit[:, k] = quantity_gwh_d[:, k] - firm_gwh_d[:, k]
        back = at.get((node, segment + RETURNING))
        if back is not None and np.isfinite(returns[node, segment]):
            limit[:, back] = returns[node, segment] * quantity_gwh_d[:, k]
    return limit
