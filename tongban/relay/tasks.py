"""Jobs and commands of the relay room: sending and asking."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from procrastinate.contrib.django import app

from tongban.hotline.queries import TELL_APP
from tongban.kernel.retries import A_DAY, HOURS
from tongban.records.queries import city_now
from tongban.records.tasks import Later
from tongban.relay import actions
from tongban.relay.gateways import RefusedForGood, Unreachable
from tongban.relay.gateways.apps import Happening, HttpWebhook, WebhookFailed
from tongban.relay.gateways.fake import FakeOpen311
from tongban.relay.gateways.open311 import Open311Client
from tongban.relay.queries import SEND_TASK, TELL_TASK, gateway, relay

if TYPE_CHECKING:
    from collections.abc import Sequence


def _wall() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- attempts go by the machine's clock; this is a task


@app.task(name=SEND_TASK)
def send(passing_id: int) -> bool:
    """Try what was just queued; where it fails, `send_due` tries again."""
    return actions.send(passing_id=passing_id, now=city_now(), wall=_wall())


@app.task(name=TELL_TASK, retry=Later(HOURS, Unreachable))
def tell(partner: str, number: str, theirs: str, words: str, seq: int, state: str) -> None:
    """Tell a partner how a request stands that it handed over; what it refuses is left."""
    try:
        gateway(partner).tell(number, theirs, seq, state, words)
    except RefusedForGood:
        return


@app.task(name=TELL_APP, retry=Later(A_DAY, WebhookFailed))
def tell_app(client: str, happening: dict[str, str | int]) -> None:
    """Tell one app one happening; what it refuses for good is left."""
    known = settings.OPEN311_CLIENTS.get(client)
    if known and known.get("webhook"):
        is_private = bool(known.get("private"))
        webhook = HttpWebhook(known["webhook"], known["secret"], private=is_private)
        webhook.tell(Happening(**happening))  # type: ignore[arg-type]  # -- as the reaction wrote it


@app.periodic(cron="* * * * * */15")
@app.task(name="relay.send_due", queueing_lock="relay-send-due")
def send_due(timestamp: int) -> int:
    """Try what failed, or whose worker died."""
    return actions.send_due(now=city_now(), wall=_wall())


@app.periodic(cron="* * * * * */20")
@app.task(name="relay.poll", queueing_lock="relay-poll")
def poll(timestamp: int) -> int:
    """Ask those who do not tell by themselves."""
    return actions.poll(now=city_now())


def _codes() -> list[str]:
    return [one.code for one in relay().partners if one.kind == "open311"]


def cli_services(arguments: Sequence[str]) -> int:
    """`tongban open311 services PARTNER`: what may be reported there."""
    parser = argparse.ArgumentParser(prog="tongban open311 services")
    parser.add_argument("partner", choices=_codes())
    client = gateway(parser.parse_args(arguments).partner)
    if not isinstance(client, Open311Client):
        sys.stderr.write("这个单位不是 Open311 端点。\n")
        return 1
    try:
        found = client.services()
    except (Unreachable, RefusedForGood) as no:
        sys.stderr.write(f"没有取到：{no}\n")
        return 1
    sys.stdout.writelines(f"{one.code}\t{one.name}\t{one.description}\n" for one in found)
    return 0


def cli_send(arguments: Sequence[str]) -> int:
    """`tongban open311 send`: send now what waits; answers how many were tried."""
    argparse.ArgumentParser(prog="tongban open311 send").parse_args(arguments)
    count = actions.send_due(now=city_now(), wall=_wall())
    sys.stdout.write(f"试送 {count} 件。\n")
    return 0


def cli_poll(arguments: Sequence[str]) -> int:
    """`tongban open311 poll [PARTNER]`: ask now how what was sent stands."""
    parser = argparse.ArgumentParser(prog="tongban open311 poll")
    parser.add_argument("partner", nargs="?", default="")
    count = actions.poll(now=city_now(), partner=parser.parse_args(arguments).partner)
    sys.stdout.write(f"新情况 {count} 条。\n")
    return 0


def cli_fake(arguments: Sequence[str]) -> int:
    """`tongban open311 fake [--port N]`: an endpoint to try with, in memory, on the loopback."""
    parser = argparse.ArgumentParser(prog="tongban open311 fake")
    parser.add_argument("--port", type=int, default=8311)
    fake = FakeOpen311()
    sys.stdout.write(f"{fake.start(parser.parse_args(arguments).port)}  key {fake.key}\n")
    if fake.server is not None:
        fake.server.serve_forever()
    return 0
