"""`tongban hotline hot --measure`: how well hot issues are found among planted ones, as JSON."""

from __future__ import annotations

import argparse
import csv
import json
from datetime import datetime
from pathlib import Path

from tongban.catalogue.content.loader import load_content
from tongban.catalogue.content.requests import FILE, DemoRequest
from tongban.config.options import CHECKOUT
from tongban.hotline.rules.hot import Measure
from tongban.hotline.rules.planting import Judged, Plan, find, judge, plant
from tongban.kernel.worktime import CITY_ZONE

STREET = 5
"""The level of a street in the tree of regions."""


def cli_hot(argv: list[str]) -> int:
    """Plant matters among weeks of requests, find them again, print what came of it."""
    usual = Plan()
    parser = argparse.ArgumentParser(
        prog="tongban hotline hot",
        description="Plant the events of a labelled file (columns of content/places/requests.csv)"
        " among weeks of its other requests, look for hot issues as the city does, and print"
        " precision, recall, delay and false alarms as one object of JSON.",
    )
    parser.add_argument("--measure", action="store_true", required=True)
    parser.add_argument("file", nargs="?", type=Path, default=CHECKOUT / "content" / FILE)
    parser.add_argument("--days", type=int, default=usual.days)
    parser.add_argument("--a-day", type=int, default=usual.a_day)
    parser.add_argument("--seed", type=int, default=usual.seed)
    asked = parser.parse_args(argv)
    plan = Plan(days=asked.days, a_day=asked.a_day, seed=asked.seed)
    print(json.dumps(measured(asked.file, plan).to_data()))
    return 0


def measured(file: Path, plan: Plan) -> Judged:
    """How well the matters of a labelled file are found, by the numbers of the content."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        kept = ({k: v for k, v in row.items() if v} for row in csv.DictReader(stream))
        every = [DemoRequest.model_validate(row) for row in kept]
    rows = [one for one in every if one.region]
    content = load_content(CHECKOUT / "content")
    streets = [one.code for one in content.regions if one.level == STREET]
    measure = Measure.of(content.hotline.model_dump(mode="json"))
    start = datetime(2026, 1, 5, tzinfo=CITY_ZONE)
    planted = plant(rows, streets, start, plan)
    return judge(planted, find(planted, measure))
