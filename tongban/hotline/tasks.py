"""Jobs of the hotline: telling apps of others, keeping the figures of days that are over."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from tongban.hotline import actions
from tongban.hotline.gateways import Happening, HttpWebhook, WebhookFailed
from tongban.hotline.queries import TELL_APP
from tongban.kernel.retries import A_DAY
from tongban.records.queries import city_now
from tongban.records.tasks import Later


@app.task(name=TELL_APP, retry=Later(A_DAY, WebhookFailed))
def tell_app(client: str, happening: dict[str, str | int]) -> None:
    """Tell one app one happening; what it refuses for good is left."""
    known = settings.OPEN311_CLIENTS.get(client)
    if known and known.get("webhook"):
        webhook = HttpWebhook(known["webhook"], known["secret"])
        webhook.tell(Happening(**happening))  # type: ignore[arg-type]  # -- as the reaction wrote it


@app.periodic(cron="* * * * *")
@app.task(name="hotline.settle", queueing_lock="hotline-settle")
def settle(timestamp: int) -> int:
    """Reckon the days that have changed, every minute."""
    return actions.settle_days(now=city_now())


@app.periodic(cron="10 3 * * *")
@app.task(name="hotline.doubt", queueing_lock="hotline-doubt")
def doubt(timestamp: int) -> None:
    """Reckon the last days again, every night."""
    actions.doubt_days(now=city_now())
