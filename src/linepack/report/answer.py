"""The answer in five sentences, made from the headline figures of certified runs."""

from __future__ import annotations

from linepack.report.brief import Brief
from linepack.report.text import number
from linepack.runs.store import Run

PRICE, BILL = "ttf_eur_mwh", "eu_import_bill_eur_bn_y"
MINUS = "\N{MINUS SIGN}"
VALUE, CHANGE = ("low", "high"), ("low_change", "high_change")
LEAST_UNSERVED_TWH = 0.01
SELLERS = (("Russia", "russia_revenue_eur_bn_y"), ("the United States", "us_revenue_eur_bn_y"),
           ("Norway", "norway_revenue_eur_bn_y"))  # fmt: skip


def answer_sentences(brief: Brief) -> list[str]:
    """Return five sentences: where we start, the lowest price, the highest price, who gains, who is worst off.

    With one run there is nothing to compare: the first sentence only.
    """
    values = brief.figures
    base, others = brief.base, brief.runs[1:]
    start = values[base.name]
    russian = start["eu_share_russia_pipe_fraction"] + start["eu_share_russia_lng_fraction"]
    sentences = [
        f"In “{_title(base)}” gas at the TTF costs {number(start[PRICE])} EUR/MWh on average{_band(brief, base)}, "
        f"and the EU imports {number(start['eu_import_twh_y'], 0)} TWh a year, {number(100 * russian)} % of it from "
        "Russia."
    ]
    if not others:
        return sentences

    def price(run: Run) -> float:
        return values[run.name][PRICE]

    low, high = min(others, key=price), max(others, key=price)
    sentences.append(_extreme(brief, values, low, "lowest"))
    sentences.append(_extreme(brief, values, high, "highest"))
    sentences.append(_sellers(brief, values, others))
    sentences.append(_worst(brief, others, high))
    return [sentence.replace(" -", f" {MINUS}") for sentence in sentences]


def _title(run: Run) -> str:
    return str(run.record["scenario"]["title"])


def _band(brief: Brief, run: Run, figure: str = PRICE, ends: tuple[str, str] = VALUE) -> str:
    """Return the band of a figure, or of its change, in brackets; nothing where none was computed."""
    if brief.bands is None:
        return ""
    row = brief.bands[(brief.bands["scenario"] == run.name) & (brief.bands["figure"] == figure)]
    if row.empty:
        return ""
    low, high = (number(float(row.iloc[0][end])) for end in ends)
    return f" (band {low} to {high})"


def _moved(value: float, decimals: int = 1) -> str:
    return f"{'up' if value >= 0 else 'down'} {number(abs(value), decimals)}"


def _extreme(brief: Brief, values: dict[str, dict[str, float]], run: Run, word: str) -> str:
    start, now = values[brief.base.name], values[run.name]
    return (f"The price is {word} in “{_title(run)}”: {number(now[PRICE])} EUR/MWh{_band(brief, run)}, "
            f"{_moved(now[PRICE] - start[PRICE])}, with the EU's net import bill {_moved(now[BILL] - start[BILL])}"
            f"{_band(brief, run, BILL, CHANGE)} to {number(now[BILL])} EUR bn a year.")  # fmt: skip


def _sellers(brief: Brief, values: dict[str, dict[str, float]], others: tuple[Run, ...]) -> str:
    parts, base = [], brief.base
    for name, key in SELLERS:
        change = {run.name: values[run.name][key] - values[base.name][key] for run in others}
        best = max(others, key=lambda run: change[run.name])
        worst = min(others, key=lambda run: change[run.name])
        ends = [f"{number(change[run.name])}{_band(brief, run, key, CHANGE)} in “{_title(run)}”"
                for run in (worst, best)]  # fmt: skip
        parts.append(f"{name} from {' to '.join(ends)}")
    return f"Export revenue changes, in EUR bn a year: {'; '.join(parts)}."


def _worst(brief: Brief, others: tuple[Run, ...], high: Run) -> str:
    short = [run for run in others if brief.figures[run.name]["eu_unserved_twh"] > LEAST_UNSERVED_TWH]
    country, how = brief.worst_off(high.name)
    name = brief.system.table("nodes").set_index("node")["name"].get(country, country)
    supply = (f"Gas runs short in the EU in {len(short)} of {len(others)} of these"
              if short else "In none of these does the EU run short of gas")  # fmt: skip
    return f"{supply}; hit hardest in “{_title(high)}” is {name} ({how})."
