"""Every amount of the schema has one day whose exchange rates apply to it: that of its document, or today."""

from collections.abc import Iterator, Mapping

from graphql import GraphQLObjectType, get_named_type

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph

DOCUMENTS: Mapping[str, Mapping[str, str]] = {
    "Invoice": {"ErpInvoice": "issue_date"},
    "InvoiceLine": {"ErpInvoiceLine": "issue_date"},
    "Payment": {"ErpPayment": "received_on"},
    "Expense": {"PsaExpense": "incurred_on", "ErpExpense": "incurred_on"},
    "TimeEntry": {"PsaTimeEntry": "work_date"},
}
"""The nouns that are documents, with the date of their records."""
BELOW_A_DOCUMENT = {"InvoiceTax", "PaymentApplication", "MoneySet"}
"""Parts of documents: they have the day of the document that returned them."""
OF_A_STATEMENT = {"AccountsReceivable", "AgingBucket"}
"""Statements: they have the day of the statement."""
AS_OF_TODAY = {
    "Assignment": {"billRate", "costRate"},
    "Contract": {"notToExceed", "totalValue"},
    "ContractLine": {"amount", "rate"},
    "Customer": {"creditLimit"},
    "Opportunity": {"amount"},
    "OpportunityLine": {"total", "unitPrice"},
    "Resource": {"billRate", "costRate"},
    "ResourceDemand": {"targetBillRate"},
}
"""Prices, limits and values that are in force: today's rates apply."""

GRAPH = build_graph(LOADERS)


def list_money_fields() -> Iterator[tuple[str, str]]:
    types = GRAPH.schema.type_map.values()
    for declared in types:
        if isinstance(declared, GraphQLObjectType):
            for name, field in declared.fields.items():
                if get_named_type(field.type).name in {"Money", "MoneySet"}:
                    yield declared.name, name


def test_the_nouns_that_are_documents_declare_their_dates() -> None:
    found = {
        noun.name: {record.__name__: attribute for record, attribute in noun.dated.items()}
        for noun in GRAPH.registry.nouns.values()
        if noun.dated
    }

    assert found == DOCUMENTS


def test_every_amount_belongs_to_a_document_to_a_statement_or_to_today() -> None:
    """A new field of type Money has to be put into one of the groups."""
    dated = DOCUMENTS.keys() | BELOW_A_DOCUMENT | OF_A_STATEMENT
    undated = {(name, field) for name, fields in AS_OF_TODAY.items() for field in fields}

    others = {(name, field) for name, field in list_money_fields() if name not in dated}

    assert others <= undated
