"""Seeds what the PSA database needs to bill time: accounts, a product, and draft invoices of the firm's billed time.

Tryton creates the drafts itself: per project it bills the time up to a day at task prices. `finance` completes them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.tryton.organisation import SeededIds
from subgraphs.sandbox.tryton.rpc import Rpc

_KINDS = ("receivable", "payable", "revenue", "expense")


def create_product(rpc: Rpc, seeded: SeededIds) -> int:
    """Create each company's chart of accounts; return the product that is sold by the hour."""
    (hour,) = rpc.search("product.uom", [["name", "=", "Hour"]], ["name"])
    category: int | None = None
    for company in seeded.companies.values():
        accounts = _create_chart(rpc, company)
        values = {"account_revenue": accounts["revenue"], "account_expense": accounts["expense"]}
        if category is None:
            (category,) = rpc.create(
                "product.category", {"name": "Services", "accounting": True, **values}, company=company
            )
        else:
            rpc.write("product.category", [category], values, company=company)
    template = {
        "name": "Consulting",
        "type": "service",
        "default_uom": hour["id"],
        "salable": True,
        "sale_uom": hour["id"],
        "account_category": category,
        "products": [["create", [{}]]],
    }
    (made,) = rpc.create("product.template", template)
    for company in seeded.companies.values():
        rpc.write("product.template", [made], {"list_price": Decimal(1)}, company=company)
    (row,) = rpc.search("product.product", [["template", "=", made]], ["template"])
    identifier: int = row["id"]
    return identifier


def bill(rpc: Rpc, firm: Firm, seeded: SeededIds, projects: Mapping[str, int]) -> dict[str, int]:
    """Let Tryton bill each project's time up to the end of its last billed month; return the drafts by project code.

    Raise ValueError if that differs from what the firm has billed.
    """
    drafts: dict[str, int] = {}
    for project in firm.projects:
        billed = {entry.code for entry in project.time_entries if entry.invoice_line is not None}
        if not billed:
            continue
        until = _get_end_of_month(max(entry.day for entry in project.time_entries if entry.code in billed))
        if billed != {entry.code for entry in project.time_entries if entry.day <= until}:
            raise ValueError(f"{project.code}: the billed entries are not all of its entries up to {until}")
        work = projects[project.code]
        rpc.write("project.work", [work], {"project_invoice_timesheet_up_to": until})
        rpc.press("project.work", "invoice", [work], company=seeded.companies[project.entity])
        made = {row["id"] for row in rpc.search("account.invoice", [["state", "=", "draft"]], ["state"])}
        (drafts[project.code],) = made - set(drafts.values())
    return drafts


def _create_chart(rpc: Rpc, company: int) -> dict[str, int]:
    """Create a company's accounts from Tryton's template; return the first account of each kind."""
    (template,) = rpc.search("account.account.template", [["parent", "=", None]], ["name"])
    chosen = {"company": company, "account_template": template["id"]}
    with rpc.run_wizard("account.create_chart", company=company) as step:
        step("account", {"start": {}})
        step("create_account", {"account": chosen})
        accounts = {kind: _find_account(rpc, company, kind) for kind in _KINDS}
        properties = {
            "company": company,
            "account_receivable": accounts["receivable"],
            "account_payable": accounts["payable"],
            "category_account_revenue": accounts["revenue"],
            "category_account_expense": accounts["expense"],
        }
        step("create_properties", {"account": chosen, "properties": properties})
    return accounts


def _find_account(rpc: Rpc, company: int, kind: str) -> int:
    domain = [[f"type.{kind}", "=", True], ["company", "=", company], ["closed", "!=", True]]
    identifier: int = rpc.search("account.account", domain, ["name"])[0]["id"]
    return identifier


def _get_end_of_month(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return following - timedelta(days=1)
