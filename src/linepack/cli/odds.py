"""``odds``: what a price move on an event says about the probability of a regime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from linepack.cli.options import print_json

if TYPE_CHECKING:
    from datetime import date

    from linepack.odds.assess import Assessment, Warned
    from linepack.odds.scoring import Question
    from linepack.odds.tables import Gap


@click.command()
@click.argument("event", required=False)
@click.option("--list", "is_list", is_flag=True, help="List the register of events and where quotes exist.")
@click.option(
    "--curve",
    type=click.Path(exists=True, dir_okay=False),
    help="CSV of forward prices: quoted_at, delivery_first_month, delivery_last_month, price_eur_mwh.",
)
@click.option(
    "--conditional",
    type=click.Path(exists=True, dir_okay=False),
    help="CSV of prices by month and regime; the first regime is the one without change.",
)
@click.option(
    "--case", "case_name", help="Price every regime of this case by our own model, as news of the event's day."
)
@click.option(
    "--workspace",
    type=click.Path(file_okay=False),
    envvar="LINEPACK_WORKSPACE",
    help="Folder that keeps runs [default: linepack-results].",
)
@click.option(
    "--forecasts/--no-forecasts",
    default=True,
    show_default=True,
    help="Also read against the forecasts published at the time.",
)
@click.option("--regime", help="Regime the question is about; gaps of others are shown and not adopted.")
@click.option(
    "--confounders",
    "confounder_share",
    type=click.FloatRange(0, 1),
    help="Largest share of the move that other causes explain [default: 0.5 if any is listed].",
)
@click.option(
    "--time", "event_time", help="Time of the event with zone, for an intraday window, e.g. 2025-03-13T15:10Z."
)
@click.option(
    "--window",
    "window_hours",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Hours after that time [default: settlement to settlement].",
)
@click.option(
    "--score",
    "score_file",
    type=click.Path(dir_okay=False),
    help="Score a log of forecasts ('shipped': those of the package).",
)
@click.option(
    "--log",
    "log_file",
    type=click.Path(dir_okay=False),
    help="Log a probability of your own for a later score; needs --probability, --question, --resolves.",
)
@click.option("--probability", type=click.FloatRange(0, 1), help="Probability to log.")
@click.option("--question", help="What is asked.")
@click.option("--resolves", help="Day by which it is decided, YYYY-MM-DD.")
@click.option("--by", "who", default="", help="Who says so.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def odds(
    event: str | None,
    is_list: bool,
    curve: str | None,
    conditional: str | None,
    case_name: str | None,
    workspace: str | None,
    forecasts: bool,
    regime: str | None,
    confounder_share: float | None,
    event_time: str | None,
    window_hours: float,
    score_file: str | None,
    log_file: str | None,
    probability: float | None,
    question: str | None,
    resolves: str | None,
    who: str,
    as_json: bool,
) -> None:
    """Read the price moves on EVENT (of the register, see --list) as a band of implied change of probability."""
    from linepack.errors import InputError

    if is_list:
        _list(as_json)
    elif score_file:
        _score(score_file, as_json)
    elif log_file:
        _log(log_file, event, probability, question, resolves, who, as_json)
    elif event:
        found = _assess(
            event,
            curve,
            conditional,
            forecasts,
            regime,
            confounder_share,
            event_time,
            window_hours,
            case_name,
            workspace,
        )
        if as_json:
            print_json(found.as_dict())
        else:
            _show(found)
    else:
        raise InputError("no-event", "name an event of the register", hint="linepack odds --list shows them")


def _assess(
    name: str,
    curve: str | None,
    conditional: str | None,
    forecasts: bool,
    regime: str | None,
    confounder_share: float | None,
    event_time: str | None,
    window_hours: float,
    case_name: str | None,
    workspace: str | None,
) -> Assessment:
    from linepack.api.politics import assess_event
    from linepack.odds.assess import find_event

    priced = _model_gaps(case_name, find_event(name).date, workspace) if case_name else ()
    return assess_event(
        name, regime=regime, has_forecasts=forecasts, confounder_share=confounder_share, curve=curve,
        conditional=conditional, event_time=event_time, window_hours=window_hours, priced=priced,
    )  # fmt: skip


def _model_gaps(case_name: str, day: date, workspace: str | None) -> tuple[Gap, ...]:
    from linepack.cli.options import show_progress
    from linepack.odds.model import model_gaps
    from linepack.runs.store import RunStore
    from linepack.runs.store import workspace as folder_of
    from linepack.scenario.scenario import load_case
    from linepack.system.dataset import load_dataset

    case = load_case(case_name)
    system = load_dataset(case.scenarios[0].dataset)
    return model_gaps(system, case, day, RunStore(folder_of(workspace)), on_progress=show_progress)


def _show(found: Assessment) -> None:
    from linepack.odds.assess import Pitfall

    click.echo(f"{found.event.event}, {found.event.date}: {found.event.title}\n")
    for reading in found.readings:
        move, gap, band = reading.move, reading.gap, reading.band
        move_text = _interval(move.change_eur_mwh.low, move.change_eur_mwh.high, "{:+.2f}")
        gap_text = _interval(gap.gap_eur_mwh.low, gap.gap_eur_mwh.high, "{:+.1f}")
        points = (
            "not identified"
            if band is None
            else _interval(100 * band.change.low, 100 * band.change.high, "{:+.0f}") + " points"
        )
        state = (
            "adopted" if reading.is_adopted else "refuted" if band is not None and band.is_refuted else "not adopted"
        )
        if band is not None and band.is_implausible and not band.is_refuted:
            state += ", implausible"
        click.echo(
            f"{move.quote} {move_text} EUR/MWh against {gap.name} ({gap.regime}) {gap_text} EUR/MWh: {points} [{state}]"
        )
        for warning in reading.warned:
            if warning.is_fatal or warning.pitfall == Pitfall.BOUNDS:
                click.echo(f"    {_warning(warning)}")
    click.echo("")
    for regime, adopted in found.adopted_bands.items():
        click.echo(
            f"adopted change of probability of {regime}: "
            f"{_interval(100 * adopted.low, 100 * adopted.high, '{:+.0f}')} points"
        )
    if not found.adopted_bands:
        click.echo("no reading passes every test: the lines above show what each would take")
    if found.joint is not None:
        click.echo("several contracts together" + (": refuted, nothing fits" if found.joint.is_refuted else ":"))
        for name, ends, fit in zip(found.joint.regimes, found.joint.bands, found.joint.fit, strict=True):
            shown = "none" if ends is None else _interval(100 * ends.low, 100 * ends.high, "{:+.0f}")
            click.echo(f"  {name}: {shown} points (least squares {100 * fit:+.0f})")
    shared = [w for r in found.readings for w in r.warned if not w.is_fatal and w.pitfall != Pitfall.BOUNDS]
    for text in dict.fromkeys(_warning(warning) for warning in (*shared, *found.general)):
        click.echo(text)
    if found.reversals:
        click.echo(
            "left of the move after "
            + ", ".join(f"{r.trading_days} trading days {r.share_left:.0%}" for r in found.reversals)
        )
    if found.followed:
        click.echo("\nwhat followed in 60 days:")
        for event in found.followed:
            click.echo(f"  {event.date} {event.title}")


def _warning(warning: Warned) -> str:
    return f"{int(warning.pitfall)} {warning.pitfall.name.lower().replace('_', ' ')}: {warning.message}"


def _interval(low: float, high: float, form: str) -> str:
    one, other = form.format(low), form.format(high)
    return one if one == other else f"{one} to {other}"


def _list(as_json: bool) -> None:
    from linepack.odds.tables import quoted_moves
    from linepack.system.names import events

    quoted = {move.event for move in quoted_moves()}
    rows = [
        {"event": e.event, "date": e.date.isoformat(), "title": e.title, "has_quote": e.event in quoted}
        for e in events()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['date']}  {'quote' if row['has_quote'] else '     '}  {row['event']:<20} {row['title']}")


def _score(source: str, as_json: bool) -> None:
    from pathlib import Path

    from linepack.odds.scoring import read_questions, score, shipped_questions

    questions = shipped_questions() if source == "shipped" else read_questions(Path(source))
    scores = score(questions)
    content: dict[str, Any] = {
        "decided": scores.count,
        "open": scores.open_count,
        "brier": scores.brier,
        "log": scores.log,
        "calibration": [
            {
                "from": b.low,
                "to": b.high,
                "count": b.count,
                "mean_probability": b.mean_probability,
                "share_happened": b.share_happened,
            }
            for b in scores.calibration
        ],
    }
    if as_json:
        print_json(content)
        return
    for question in questions:
        _show_question(question)
    click.echo(
        f"{scores.count} decided, {scores.open_count} open; Brier {scores.brier:.3f} (0 best), log "
        f"{scores.log:.3f} (0 best)"
    )
    for part in scores.calibration:
        click.echo(
            f"  stated {part.low:.0%} to {part.high:.0%}: {part.count}, mean {part.mean_probability:.0%}, "
            f"happened {part.share_happened:.0%}"
        )


def _show_question(question: Question) -> None:
    outcome = "open" if question.outcome is None else "yes" if question.outcome else "no"
    click.echo(f"{question.asked_on} {question.who} {question.probability:.0%}: {question.text} -> {outcome}")


def _log(
    path: str,
    event: str | None,
    probability: float | None,
    question: str | None,
    resolves: str | None,
    who: str,
    as_json: bool,
) -> None:
    from datetime import date
    from pathlib import Path

    from linepack.errors import InputError
    from linepack.odds.scoring import Question, log_question

    lacking = [
        name
        for name, value in (
            ("--probability", probability),
            ("--question", question),
            ("--resolves", resolves),
            ("--by", who or None),
        )
        if value is None
    ]
    if lacking or probability is None or question is None or resolves is None:
        raise InputError("missing-option", "a forecast to log needs more", keys=lacking)
    try:
        day = date.fromisoformat(resolves)
    except ValueError as error:
        raise InputError("bad-date", f"'{resolves}' is not a date", hint="write YYYY-MM-DD") from error
    name = f"{event}: {question}" if event else question
    log_question(
        Path(path), Question(name, question, date.today(), day, probability, who, None), source=f"logged by {who}"
    )
    if as_json:
        print_json({"logged": name, "probability": probability, "file": path})
    else:
        click.echo(f"logged in {path}: {question} {probability:.0%} by {day}")
