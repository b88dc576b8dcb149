"""Slow jobs of the documents room: make papers, and find those that were not made."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from tongban.documents import actions


@app.task(name="documents.produce_document", queue="papers")
def produce_document(document_id: int) -> None:
    """Make one document; where it fails, `produce_due_documents` tries again."""
    actions.produce_document(document_id=document_id, now=_machine_now())


@app.periodic(cron="* * * * * */20")
@app.task(name="documents.produce_due_documents", queue="papers", queueing_lock="documents-due")
def produce_due_documents(timestamp: int) -> int:
    """Try those whose last attempt failed or whose worker died; how many came to be."""
    now = _machine_now()
    due = actions.documents_due(now=now)
    return sum(actions.produce_document(document_id=one, now=now) for one in due)


@app.periodic(cron="41 3 * * *")
@app.task(name="documents.sweep_store", queueing_lock="documents-sweep")
def sweep_store(timestamp: int) -> int:
    """Remove what writers that died left in the store, every night."""
    return actions.sweep_store()


def _machine_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- attempts and signatures follow the machine's clock
