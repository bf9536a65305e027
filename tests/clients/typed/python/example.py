"""The unified view of a project, typed: money is Decimal, days are dates."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from typing import TypeVar

from psgraph import Client, GraphQLClientGraphQLMultiError, UnifiedView

T = TypeVar("T")


async def load_view(code: str) -> tuple[UnifiedView, list[str]]:
    """Return the view, which may be partial, and the codes of its errors."""
    headers = {"Authorization": f"Bearer {os.environ['PSGW_TOKEN']}"}
    async with Client(url=os.environ["PSGW_URL"], headers=headers) as client:
        try:
            return await client.unified_view(code=code), []
        except GraphQLClientGraphQLMultiError as partial:
            codes = [str((error.extensions or {}).get("code")) for error in partial.errors]
            return UnifiedView.model_validate(partial.data), codes


def get_first(nodes: Sequence[T | None] | None) -> T | None:
    """Return the first record of a page, or None."""
    return next(iter(nodes or ()), None)


async def main() -> None:
    """Print values of the view as JSON."""
    answer, errors = await load_view("PRJ-1007")
    project = answer.project
    assert project is not None
    contract = project.contract.total_value if project.contract else None
    invoice = get_first(project.invoices.nodes) if project.invoices else None
    entry = get_first(project.time_entries.nodes) if project.time_entries else None
    total = invoice.total.reporting if invoice and invoice.total else None
    values = {
        "name": project.name,
        "customer": project.customer.legal_name if project.customer else None,
        "contract": f"{contract.amount:,}" if contract else None,
        "manager": project.manager.display_name if project.manager else None,
        "firstDay": f"{entry.work_date:%d %B %Y}" if entry else None,
        "invoice": invoice.number if invoice else None,
        "reporting": f"{total.amount + 1}" if total else None,
        "errors": errors,
    }
    sys.stdout.write(json.dumps(values))


asyncio.run(main())
