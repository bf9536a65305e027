"""An ERP that stores no balances: unknown amounts are null with the reason, never zero, and the invoice stays."""

from typing import Any

import msgspec
import pytest

from gateway.canonical.records.erp import ErpInvoice, ErpReceivables
from gateway.loaders.catalogue import LOADERS
from gateway.ports.lineage import Unsupported
from gateway.schema.build import build_graph
from tests.e2e import complete_firm
from tests.e2e.complete_firm import FilledPort
from tests.fixtures.firm import EVERY_SCOPE

UNKNOWN = ("kind", "customer_id", "subtotal", "tax_total", "balance")
DOCUMENT = """{
  invoices { nodes {
    number status kind total { transaction { amount } } subtotal { transaction { amount } }
    taxTotal { transaction { amount } } balance { amount }
  } }
  customers { nodes { accountsReceivable { total { amount } dso } } }
}"""


class SmallErp(FilledPort):
    """An ERP whose invoices have a total only, and that cannot tell what a customer owes."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        invoice = {name: Unsupported(f"no {name} here") for name in UNKNOWN}
        self.lineage = {ErpInvoice: invoice, ErpReceivables: {"items": Unsupported("no open items here")}}

    @staticmethod
    def _answer(promised: Any, keys: Any) -> Any:
        answer = FilledPort._answer(promised, keys)
        if isinstance(answer, dict):
            for key, row in answer.items():
                if isinstance(row, ErpInvoice):
                    answer[key] = msgspec.structs.replace(row, **dict.fromkeys(UNKNOWN))
        return answer


async def test_unknown_amounts_are_null_and_the_answer_names_the_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(complete_firm, "FilledPort", SmallErp)

    answer = await complete_firm.FilledFirm(build_graph(LOADERS)).execute(DOCUMENT, EVERY_SCOPE)

    assert not answer.errors
    assert answer.data is not None
    (invoice,) = answer.data["invoices"]["nodes"]
    assert invoice == {
        "number": "WORD",
        "status": "DRAFT",
        "kind": None,
        "total": {"transaction": {"amount": "100.00"}},
        "subtotal": None,
        "taxTotal": None,
        "balance": None,
    }
    assert answer.data["customers"] == {"nodes": [{"accountsReceivable": None}]}
    assert {(each["field"], each["reason"]) for each in answer.extensions["unsupportedFields"]} == {
        ("Invoice.kind", "no kind here"),
        ("Invoice.subtotal", "no subtotal here"),
        ("Invoice.taxTotal", "no tax_total here"),
        ("Invoice.balance", "no balance here"),
        ("Customer.accountsReceivable", "no open items here"),
    }
