"""A real Chromium, a brief on disk, and a server on loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from linepack.api.articles import read_bytes
from linepack.cli.deal import deal as deal_command
from linepack.evidence.ledger import open_ledger
from linepack.evidence.vocabulary import ReviewState
from linepack.report.brief import make_brief, write_brief
from linepack.report.html import front_end_is_there
from linepack.report.kept import keep_deal, read_kept
from linepack.runs.runner import run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.scenario.scenario import load_case
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests.conftest import runs_of

REQUIRED = "LINEPACK_BROWSER"
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run")  # fmt: skip
CASE, SCENARIOS = "us-gazprom-2025", ("status-quo", "turkstream-stopped")
SERVED_CASE = "reference-2025"
DEAL = "ns2-b-deal"
ARTICLE = Path(__file__).resolve().parent.parent.parent / "docs" / "tutorial" / "article.txt"
HOSTILE = "<img src=x onerror=alert(1)>"
expect.set_options(timeout=20_000)  # a slow machine is not a failure


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get(REQUIRED) == "required":
            pytest.fail("chromium is not installed, and this environment requires the browser tests")
        pytest.skip("chromium is not installed; on Debian: apt-get install chromium")
    if not front_end_is_there():
        pytest.fail("the page was not built into the package; ./run builds it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="session")
def workspace(facts: GasSystem, solved: RunStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store with the runs of both cases that the browser looks at."""
    root = tmp_path_factory.mktemp("workspace")
    for case, wanted in ((CASE, SCENARIOS), (SERVED_CASE, tuple(s.name for s in load_case(SERVED_CASE).scenarios))):
        runs = runs_of(case, facts, solved)
        for name in wanted:
            digest = runs[name].digest
            shutil.copytree(solved.folder(digest), RunStore(root).folder(digest))
    keep_beside(root)
    return root


def keep_beside(root: Path) -> None:
    """Put a deal, an article with a hostile title and a back-test beside the runs, as a user's commands would."""
    content = json.loads(CliRunner().invoke(deal_command, [DEAL, "--json"]).output)
    content["market"] = market_behind(content["outcomes"])  # this deal has no runs: as one on market runs would be kept
    keep_deal(root, DEAL, content)  # of no case: both cases show it
    reading = read_bytes(ARTICLE.read_bytes(), published=date(2025, 3, 13), title=HOSTILE, outlet="Desk")
    with open_ledger(root / "ledger.sqlite") as book:
        book.add(reading)
        claim = next(c for c in reading.claims if "27.5 bcm" in c.text)
        book.review(claim.claim_id, ReviewState.ACCEPTED, "Ann")
        book.link(claim.claim_id, "scenario", f"{CASE}/{SCENARIOS[1]}", "what the reader asks")
    (root / "backtests").mkdir()
    (root / "backtests" / "winter.csv").write_text(
        "quantity,unit,model,observed,tolerance\nLNG to the EU,TWh,1000,1010,101\nNorway,TWh,900,1000,50\n"
    )


def market_behind(outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return runs behind outcomes: US sellers lose and the US budget gains in each; Türkiye's purses all gain."""
    purses = [("US", "budget", 0.5), ("US", "sellers_of_gas", -2.0), ("US", "owner", 0.01), ("TR", "budget", 1.0)]
    inside = [dict(zip(("player", "purse", "change_eur_bn"), row, strict=True)) for row in purses]
    run = {
        "run": "0" * 64,
        "headline": {"ttf_eur_mwh": 30.0},
        "change_of_others_eur_bn": 0.1,
        "inside_players_eur_bn": inside,
    }
    effects = [{"effect": o["effect"], **run} for o in outcomes]
    return {"base": "status-quo", "first_month": "2025-04", "months": 24, "market_runs": len(effects),
            "kept_from_before": 0, "effects": effects, "consents_of_the_law": []}  # fmt: skip


@pytest.fixture(scope="session")
def brief_folder(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``linepack brief`` writes for two scenarios of the case."""
    case = load_case(CASE)
    chosen = tuple(s for s in case.scenarios if s.name in SCENARIOS)
    system = load_dataset(chosen[0].dataset)
    runs = [o.run for o in run_scenarios(system, chosen, RunStore(workspace)) if o.run is not None]
    folder = tmp_path_factory.mktemp("brief")
    prices = pd.concat(prices_around(run) for run in runs)
    figures = pd.concat(figures_around(run, runs[0]) for run in runs)
    kept = read_kept(workspace, CASE)
    write_brief(make_brief(replace(case, scenarios=chosen), runs, system, figures, kept, prices), folder)
    return folder


def figures_around(run: Run, base: Run) -> pd.DataFrame:
    """Return a band of a tenth around every headline figure of a run, and around its change from the baseline."""
    frame = run.headline[["figure", "value"]].assign(scenario=run.name)
    change = frame["value"] - base.headline["value"]
    ends = {"low": frame["value"] - frame["value"].abs() / 20, "high": frame["value"] + frame["value"].abs() / 20,
            "low_change": change - change.abs() / 20, "high_change": change + change.abs() / 20}  # fmt: skip
    return frame.drop(columns="value").assign(**ends, draws=40)


def prices_around(run: Run) -> pd.DataFrame:
    """Return a band of 2 EUR/MWh around every price of a run: what the page must draw, without solving draws."""
    frame = run.tables["price_markers"].rename(columns={"marker": "series"})
    return frame[["series", "period"]].assign(
        scenario=run.name, low_eur_mwh=frame["price_eur_mwh"] - 1.0, high_eur_mwh=frame["price_eur_mwh"] + 1.0
    )


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield opened
    opened.close()


@pytest.fixture
def brief_page(context: BrowserContext, brief_folder: Path) -> Iterator[Page]:
    """The brief, opened from disk with the network off; any error in the page fails the test."""
    context.set_offline(True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((brief_folder / "brief.html").as_uri())
    page.wait_for_selector("#certificate")
    yield page
    assert errors == []


@pytest.fixture(scope="session")
def server(workspace: Path) -> Iterator[str]:
    """The address of ``linepack serve`` in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "linepack", "serve", "--port", str(port), "--workspace", str(workspace),
               "--workers", "1"]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/api/health", timeout=5).close()
            break
        except OSError:
            if process.poll() is not None:
                pytest.fail(f"the server stopped: {process.stderr.read() if process.stderr else ''}")
            time.sleep(0.1)
    yield address
    process.terminate()
    process.communicate(timeout=20)
