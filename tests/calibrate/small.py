"""Two Cournot sellers at one hub, p = 60 - q/2: price = (60 + cost A + cost B) / 3, sales of a seller 2 (price - cost).

With costs 10 and 14 the price is 28, A sells 36 and B 28 GWh/d. The tables begin with costs of 8 for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, gas_system, market, merged, supply

SCENARIO = """\
schema: 1
scenario: small
title: Two sellers
dataset: test
horizon: {first_month: 2025-04, months: 1}
closing: values
"""
COSTS = {
    "cost of A": "{do: cost, resources: [A_GAS], add_eur_mwh: fitted}",
    "cost of B": "{do: cost, resources: [B_GAS], add_eur_mwh: fitted}",
    "room of A": "{do: supply, resources: [A_GAS], factor: fitted}",
}
PRICE, A_TWH = 28.0, 36.0 * 30 / 1000


def small_system(*, has_sales: bool = True) -> GasSystem:
    """Return the hub with what was observed there, to one part in ten thousand."""
    sellers = [merged(supply(name, cost=8, conduct=1, slope=0.5), delivery(name, "HUB")) for name in "AB"]
    seen = [{"observation": "O1", "label": "price", "destination": "HUB", "value": PRICE, "tolerance": 1e-4}]
    if has_sales:
        seen.append({"observation": "O2", "label": "A sells", "quantity": "pipeline_import", "origin": "A",
                     "destination": "HUB", "value": A_TWH, "unit": "TWh", "tolerance": 1e-4})  # fmt: skip
    more = {"observations": seen, "price_markers": [{"marker": "HUB", "node": "HUB", "weight": 1}]}
    return gas_system(merged(market("HUB"), *sellers, {"demand": demand("HUB", intercept=60, slope=0.5)}, more))


def write_calibration(folder: Path, parameters: Mapping[str, str], **changed: float) -> Path:
    """Return the path of a calibration; every parameter has prior 1 unless it is changed, spread 50 and wide bounds."""
    numbers = {"prior": 1.0, "spread": 50.0, "low": -5.0, "high": 40.0, **changed}
    lines = "".join(
        f"  - name: {name}\n    why: test\n    patch: {patch}\n"
        + "".join(f"    {key}: {value}\n" for key, value in numbers.items())
        for name, patch in parameters.items()
    )
    (folder / "small.yaml").write_text(SCENARIO)
    path = folder / "calibration.yaml"
    path.write_text(f"schema: 1\ncalibration: small-fit\ntitle: Two costs\nscenario: small.yaml\nparameters:\n{lines}")
    return path
