"""``odds``: what a price move on an event says about the probability of a regime."""

from __future__ import annotations

import click

from linepack.cli.options import print_json, show_progress


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
        from linepack.api.politics import assess_event
        from linepack.report.odds_text import odds_text

        found = assess_event(
            event, regime=regime, has_forecasts=forecasts, confounder_share=confounder_share, curve=curve,
            conditional=conditional, event_time=event_time, window_hours=window_hours, case=case_name,
            workspace=workspace, on_progress=show_progress,
        )  # fmt: skip
        if as_json:
            print_json(found.as_dict())
        else:
            click.echo(odds_text(found))
    else:
        raise InputError("no-event", "name an event of the register", hint="linepack odds --list shows them")


def _list(as_json: bool) -> None:
    from linepack.api.forecasts import event_register

    rows = [{**row, "first_day": row["first_day"].isoformat(), "date": row["date"].isoformat()}
            for row in event_register().to_dict("records")]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    for row in rows:
        days = row["date"] if row["first_day"] == row["date"] else f"{row['first_day']} to {row['date']}"
        click.echo(f"{days:<24}  {'quote' if row['has_quote'] else '     '}  {row['event']:<20} {row['title']}")


def _score(source: str, as_json: bool) -> None:
    from linepack.api.forecasts import scored
    from linepack.report.odds_text import score_content, score_text

    questions, scores = scored(source)
    if as_json:
        print_json(score_content(scores))
    else:
        click.echo(score_text(questions, scores))


def _log(
    path: str, event: str | None, probability: float | None, question: str | None, resolves: str | None, who: str,
    as_json: bool,
) -> None:  # fmt: skip
    from linepack.api.forecasts import log_forecast
    from linepack.errors import InputError

    given = {"--probability": probability, "--question": question, "--resolves": resolves, "--by": who or None}
    lacking = [name for name, value in given.items() if value is None]
    if lacking or probability is None or question is None or resolves is None:
        raise InputError("missing-option", "a forecast to log needs more", keys=lacking)
    stated = log_forecast(path, question, probability, resolves, who, event=event)
    if as_json:
        print_json({"logged": stated.question, "probability": probability, "file": path})
    else:
        click.echo(f"logged in {path}: {question} {probability:.0%} by {stated.resolves_on}")
