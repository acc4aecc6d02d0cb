"""A run as GeoJSON (RFC 7946): nodes as points, arcs as straight lines, means over the horizon as properties."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from linepack.results.headline import Tables
from linepack.runs.store import Run
from linepack.system.folders import write_folder
from linepack.system.gassystem import GasSystem

DECIMALS = 6


def export_geojson(system: GasSystem, run: Run, target: Path) -> list[Path]:
    """Write ``nodes.geojson`` and ``arcs.geojson`` and return the paths."""
    def write(folder: Path) -> None:
        for name, content in (("nodes", nodes_geojson(system, run)), ("arcs", arcs_geojson(system, run))):
            text = json.dumps(content, ensure_ascii=False, allow_nan=False)
            (folder / f"{name}.geojson").write_text(text + "\n", encoding="utf-8")

    return write_folder(target, write)


def nodes_geojson(system: GasSystem, run: Run) -> dict[str, Any]:
    """Return a point per node: node, name, kind, country, and, at a hub, price and consumption (null elsewhere)."""
    price = _mean(run.tables, "hub_prices", "node", "hub_price_eur_mwh")
    used = _mean(run.tables, "consumption", "node", "consumption_gwh_d")
    return _collection([
        _feature("Point", [r.lon, r.lat], {
            "node": r.node, "name": r.name, "kind": r.kind, "country": r.country,
            "hub_price_eur_mwh": _number(price.get(r.node)), "consumption_gwh_d": _number(used.get(r.node)),
        })
        for r in system.table("nodes").itertuples(index=False)
    ])  # fmt: skip


def arcs_geojson(system: GasSystem, run: Run) -> dict[str, Any]:
    """Return a line per arc of the run: arc, kind, ends, flow, capacity (null: no limit) and congestion rent.

    A line is straight between its nodes; it is not the route of the pipe or ship.
    """
    place = system.table("nodes").set_index("node")[["lon", "lat"]]
    means = {column: _mean(run.tables, "arcs", "arc", column)
             for column in ("flow_gwh_d", "capacity_gwh_d", "congestion_rent_eur_mwh")}  # fmt: skip
    return _collection([
        _feature("LineString", [place.loc[r.origin].tolist(), place.loc[r.destination].tolist()], {
            "arc": r.arc, "kind": r.kind, "origin": r.origin, "destination": r.destination,
            **{column: _number(values[r.arc]) for column, values in means.items()},
        })
        for r in run.tables["arcs"].drop_duplicates("arc").itertuples(index=False)
    ])  # fmt: skip


def _mean(tables: Tables, table: str, key: str, column: str) -> pd.Series:
    """Return the mean over the horizon, weighted by days; several rows of a key and period are summed first."""
    frame = tables[table]
    total = (frame[column] * frame["days"]).groupby(frame[key]).sum()
    days = float(tables["hub_prices"].drop_duplicates("period")["days"].sum())
    return total / days


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), DECIMALS) + 0.0


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
