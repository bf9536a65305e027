"""Builds a system's contribution to a card from its record, without I/O.

Columns are read from the record's attribute of the same name; `_KINDS` names the attributes that are called otherwise
and the function that builds keys and relations. Raw values are mapped to canonical codes by the domain that the column
declares.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from gateway.canonical.records import crm, erp, hcm, psa
from gateway.canonical.records.base import Record
from gateway.canonical.records.card import COLUMNS
from gateway.canonical.roles import Noun
from gateway.canonical.settlement import refine_status
from gateway.canonical.states import InvoiceStatus, MappingDomain
from gateway.identity.contribution import UNMAPPED, CardContribution, Ref
from gateway.identity.reference_data import CodeMappings

Digest = Callable[[str], str]
"""Computes a keyed digest of a personal value."""

Details = dict[str, Any]
"""Keys and relations of a contribution, and columns that do not follow the rule."""


class _Kind(NamedTuple):
    """How a record class contributes: `attributes` maps a column to the record's attribute where the names differ."""

    noun: Noun
    details: Callable[["Describer", Any], Details]
    attributes: Mapping[str, str] = {}


class Describer:
    """Describes records with one snapshot of reference data."""

    def __init__(self, reference_data: CodeMappings, digest: Digest) -> None:
        self._codes = reference_data
        self._digest = digest

    def describe(self, record: Record) -> tuple[Noun, CardContribution]:
        """Return the noun of a record and what the record contributes to its card.

        Raises KeyError for a record that has no card.
        """
        kind = _KINDS[type(record)]
        values = self._read_columns(kind, record) | kind.details(self, record)
        return kind.noun, CardContribution(**values)

    def _read_columns(self, kind: _Kind, record: Record) -> Details:
        values: Details = {}
        for name, column in COLUMNS.items():
            if kind.noun in column.hidden_for:
                continue
            value = getattr(record, kind.attributes.get(name, name), None)
            domain = column.domains.get(kind.noun)
            values[name] = value if domain is None else self._map_or_mark(domain, record, value)
        return values

    def _map_or_mark(self, domain: MappingDomain, record: Record, raw: str | None) -> str | None:
        """Return the canonical code; UNMAPPED for a code without a mapping, so that no other system supplies one."""
        return None if raw is None else self.map_code(domain, record, raw) or UNMAPPED

    @staticmethod
    def get_noun(kind: type[Record]) -> Noun:
        """Return the noun of a record class."""
        return _KINDS[kind].noun

    def map_code(self, domain: MappingDomain, record: Record, raw: str | None) -> str | None:
        """Return the canonical code for a raw code of the record's system; None when it is not mapped."""
        return None if raw is None else self._codes.map_code(domain, record.native.connection, raw)

    def digest_person(self, number: str | None, email: str | None) -> tuple[str, ...]:
        """Return digests of the values that identify a person across systems."""
        identifiers = (("number", number), ("email", email.lower() if email else None))
        return tuple(self._digest(f"{kind}:{value}") for kind, value in identifiers if value)


def _list_references(record: Record) -> tuple[str, ...]:
    return tuple(value for _, value in record.references)


def _build_native_ref(noun: Noun, record: Record, native_id: str | None) -> Ref | None:
    return Ref(noun, native_id, record.native.connection) if native_id else None


def _build_code_ref(noun: Noun, code: str | None) -> Ref | None:
    return Ref(noun, code) if code else None


def _list_keys(key: str | None) -> tuple[str, ...]:
    return (key,) if key else ()


def _describe_account(_describer: Describer, record: crm.CrmAccount) -> Details:
    return {
        "keys": _list_keys(record.display_number),
        "references": _list_references(record),
        "parent": _build_native_ref(Noun.CUSTOMER, record, record.parent_id),
    }


def _describe_client(_describer: Describer, record: psa.PsaClient) -> Details:
    return {"keys": _list_keys(record.number), "references": _list_references(record)}


def _describe_customer(describer: Describer, record: erp.ErpCustomer) -> Details:
    entities = [record.legal_entity, *record.selling_entities]
    codes = [describer.map_code(MappingDomain.LEGAL_ENTITY, record, entity) for entity in entities if entity]
    return {
        "legal_entities": tuple(dict.fromkeys(code for code in codes if code)),
        "keys": _list_keys(record.number),
        "references": _list_references(record),
    }


def _describe_opportunity(_describer: Describer, record: crm.CrmOpportunity) -> Details:
    project = _build_code_ref(Noun.PROJECT, record.project_code)
    return {
        "references": _list_references(record),
        "customer": _build_native_ref(Noun.CUSTOMER, record, record.account_id),
        "contract": _build_native_ref(Noun.CONTRACT, record, record.contract_id),
        "projects": (project,) if project else (),
    }


def _describe_crm_contract(_describer: Describer, record: crm.CrmContract) -> Details:
    return {
        "keys": (record.number,),
        "references": _list_references(record),
        "customer": _build_native_ref(Noun.CUSTOMER, record, record.account_id),
        "projects": tuple(Ref(Noun.PROJECT, code) for code in record.project_codes),
    }


def _describe_erp_contract(_describer: Describer, record: erp.ErpContract) -> Details:
    return {
        "keys": (record.number,),
        "references": _list_references(record),
        "customer": _build_native_ref(Noun.CUSTOMER, record, record.customer_id),
    }


def _describe_project(_describer: Describer, record: psa.PsaProject) -> Details:
    return {
        "keys": (record.code,),
        "references": _list_references(record),
        "customer": _build_native_ref(Noun.CUSTOMER, record, record.client_id),
        "contract": _build_code_ref(Noun.CONTRACT, record.contract_number),
        "opportunity": _build_code_ref(Noun.OPPORTUNITY, record.opportunity_reference),
        "manager": _build_native_ref(Noun.RESOURCE, record, record.manager_id),
        "members": tuple(Ref(Noun.RESOURCE, member, record.native.connection) for member in record.member_ids),
    }


def _describe_job(_describer: Describer, record: erp.ErpJob) -> Details:
    return {
        "keys": _list_keys(record.code),
        "references": _list_references(record),
        "customer": _build_native_ref(Noun.CUSTOMER, record, record.customer_id),
    }


def _describe_worker(describer: Describer, record: hcm.HcmWorker) -> Details:
    keys = describer.digest_person(record.worker_number, record.email)
    return {
        "code": keys[0] if record.worker_number else None,
        "keys": keys,
        "manager": _build_native_ref(Noun.RESOURCE, record, record.manager_id),
    }


def _describe_person(describer: Describer, record: psa.PsaUser | erp.ErpEmployee) -> Details:
    return {"keys": describer.digest_person(record.worker_number, record.email)}


def _describe_invoice(describer: Describer, record: erp.ErpInvoice) -> Details:
    raw = describer.map_code(MappingDomain.INVOICE_STATUS, record, record.status)
    return {
        "status": refine_status(InvoiceStatus(raw), record.total, record.balance).value if raw else None,
        "keys": (record.number,),
        "references": _list_references(record),
        "customer": _build_native_ref(Noun.CUSTOMER, record, record.customer_id),
        "contract": _build_code_ref(Noun.CONTRACT, record.contract_number),
        "projects": tuple(Ref(Noun.PROJECT, job, record.native.connection) for job in record.job_ids),
    }


def _describe_legal_entity(describer: Describer, record: erp.ErpLegalEntity) -> Details:
    return {
        "keys": _list_keys(describer.map_code(MappingDomain.LEGAL_ENTITY, record, record.code)),
        "references": _list_references(record),
        "parent": _build_native_ref(Noun.LEGAL_ENTITY, record, record.parent_id),
    }


_KINDS: Mapping[type[Record], _Kind] = {
    crm.CrmAccount: _Kind(
        Noun.CUSTOMER, _describe_account, {"number": "display_number", "currency": "default_currency"}
    ),
    psa.PsaClient: _Kind(Noun.CUSTOMER, _describe_client),
    erp.ErpCustomer: _Kind(Noun.CUSTOMER, _describe_customer, {"currency": "default_currency"}),
    crm.CrmOpportunity: _Kind(
        Noun.OPPORTUNITY,
        _describe_opportunity,
        {"number": "display_number", "status": "stage", "type": "contract_type", "end_date": "expected_close_date"},
    ),
    crm.CrmContract: _Kind(
        Noun.CONTRACT,
        _describe_crm_contract,
        {"code": "number", "name": "title", "start_date": "effective_date", "end_date": "expiration_date"},
    ),
    erp.ErpContract: _Kind(Noun.CONTRACT, _describe_erp_contract, {"code": "number"}),
    psa.PsaProject: _Kind(Noun.PROJECT, _describe_project),
    erp.ErpJob: _Kind(Noun.PROJECT, _describe_job),
    hcm.HcmWorker: _Kind(Noun.RESOURCE, _describe_worker, {"status": "employment_status", "start_date": "hire_date"}),
    psa.PsaUser: _Kind(Noun.RESOURCE, _describe_person),
    erp.ErpEmployee: _Kind(Noun.RESOURCE, _describe_person),
    erp.ErpInvoice: _Kind(
        Noun.INVOICE,
        _describe_invoice,
        {"code": "number", "type": "kind", "start_date": "issue_date", "end_date": "due_date"},
    ),
    erp.ErpLegalEntity: _Kind(
        Noun.LEGAL_ENTITY, _describe_legal_entity, {"currency": "functional_currency", "legal_entity": "code"}
    ),
}

CARD_KINDS: tuple[type[Record], ...] = tuple(_KINDS)
"""The record classes that have a card."""


def get_feed_noun(feed: str) -> Noun | None:
    """Return the noun of the cards that a feed fills, by the name of its record class."""
    return next((kind.noun for record, kind in _KINDS.items() if record.__name__ == feed), None)


def list_column_attributes(feed: str, columns: Iterable[str]) -> frozenset[str]:
    """Return the attributes of a feed's records that some columns and relations of the card are read from."""
    kind = next((kind for record, kind in _KINDS.items() if record.__name__ == feed), None)
    names = kind.attributes if kind is not None else {}
    return frozenset(
        attribute for column in columns for attribute in (names.get(column, column), *_RELATIONS.get(column, ()))
    )


_RELATIONS: Mapping[str, tuple[str, ...]] = {
    "customer": ("client_id", "account_id", "customer_id"),
    "manager": ("manager_id",),
    "project": ("job_ids", "project_code", "project_codes"),
    "without_project": ("job_ids", "project_code", "project_codes"),
    "legal_entity": ("legal_entity", "selling_entities"),
    "start": ("start_date", "effective_date", "hire_date", "issue_date"),
    "end": ("end_date", "expiration_date", "expected_close_date", "due_date"),
    "modified_since": ("modified_at",),
    "status": ("total", "balance"),
}
"""The attributes that the filters by a relation, and those whose name differs from their column, are read from."""
