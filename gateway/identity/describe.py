"""Turns records into card facts: pure, one function per record class."""

from collections.abc import Callable
from typing import Any

from gateway.canonical.records import crm, erp, hcm, psa
from gateway.canonical.records.base import Record
from gateway.canonical.roles import Noun
from gateway.canonical.settlement import settled_status
from gateway.canonical.states import InvoiceStatus, MappingDomain
from gateway.identity.facts import CardFacts, Ref
from gateway.identity.reference_data import ReferenceData

Digest = Callable[[str], str]
"""Makes a keyed digest of something personal."""

Domain = MappingDomain


class Describer:
    """Describes records with one snapshot of reference data."""

    def __init__(self, reference_data: ReferenceData, digest: Digest) -> None:
        self._codes = reference_data
        self._digest = digest

    def describe(self, record: Record) -> tuple[Noun, CardFacts]:
        """Return the noun that a record is part of, and what it says of it. Raises KeyError for a record that has no card."""
        noun, build = _BUILDERS[type(record)]
        return noun, build(self, record)

    @staticmethod
    def noun_of(kind: type[Record]) -> Noun:
        """Return the noun that a record class is part of."""
        return _BUILDERS[kind][0]

    def word(self, domain: MappingDomain, record: Record, raw: str | None) -> str | None:
        """Return the firm's word for a code of the record's system, None when there is none."""
        return None if raw is None else self._codes.canonical(domain, record.native.connection, raw)

    def entity(self, record: Any) -> str | None:
        """Return the firm's code of the legal entity that a record names."""
        return self.word(Domain.LEGAL_ENTITY, record, record.legal_entity)

    def person_keys(self, number: str | None, email: str | None) -> tuple[str, ...]:
        """Return digests of what identifies a person across systems."""
        marks = (("number", number), ("email", email.lower() if email else None))
        return tuple(self._digest(f"{kind}:{value}") for kind, value in marks if value)


def _references(record: Record) -> tuple[str, ...]:
    return tuple(value for _, value in record.references)


def _at(noun: Noun, record: Record, native_id: str | None) -> Ref | None:
    return Ref(noun, native_id, record.native.connection) if native_id else None


def _coded(noun: Noun, code: str | None) -> Ref | None:
    return Ref(noun, code) if code else None


def _account(to: Describer, record: crm.CrmAccount) -> CardFacts:
    return CardFacts(
        name=record.name,
        status=to.word(Domain.CUSTOMER_STATUS, record, record.status),
        currency=record.default_currency,
        region=record.region,
        modified_at=record.modified_at,
        number=record.display_number,
        keys=(record.display_number,) if record.display_number else (),
        references=_references(record),
        parent=_at(Noun.CUSTOMER, record, record.parent_id),
    )


def _client(_to: Describer, record: psa.PsaClient) -> CardFacts:
    return CardFacts(
        name=record.name,
        number=record.number,
        modified_at=record.modified_at,
        keys=(record.number,) if record.number else (),
        references=_references(record),
    )


def _customer(to: Describer, record: erp.ErpCustomer) -> CardFacts:
    entities = [record.legal_entity, *record.selling_entities]
    codes = [to.word(Domain.LEGAL_ENTITY, record, entity) for entity in entities if entity]
    return CardFacts(
        name=record.name,
        number=record.number,
        status=to.word(Domain.CUSTOMER_STATUS, record, record.status),
        currency=record.default_currency,
        legal_entity=to.entity(record),
        legal_entities=tuple(dict.fromkeys(code for code in codes if code)),
        modified_at=record.modified_at,
        keys=(record.number,) if record.number else (),
        references=_references(record),
    )


def _opportunity(to: Describer, record: crm.CrmOpportunity) -> CardFacts:
    project = _coded(Noun.PROJECT, record.project_code)
    return CardFacts(
        name=record.name,
        number=record.display_number,
        status=to.word(Domain.OPPORTUNITY_STAGE, record, record.stage),
        type=to.word(Domain.CONTRACT_TYPE, record, record.contract_type),
        legal_entity=to.entity(record),
        service_line=to.word(Domain.SERVICE_LINE, record, record.service_line),
        end_date=record.expected_close_date,
        modified_at=record.modified_at,
        references=_references(record),
        customer=_at(Noun.CUSTOMER, record, record.account_id),
        contract=_at(Noun.CONTRACT, record, record.contract_id),
        projects=(project,) if project else (),
    )


def _crm_contract(to: Describer, record: crm.CrmContract) -> CardFacts:
    return CardFacts(
        code=record.number,
        name=record.title,
        number=record.number,
        status=to.word(Domain.CONTRACT_STATUS, record, record.status),
        type=to.word(Domain.CONTRACT_TYPE, record, record.type),
        currency=record.currency,
        legal_entity=to.entity(record),
        start_date=record.effective_date,
        end_date=record.expiration_date,
        modified_at=record.modified_at,
        keys=(record.number,),
        references=_references(record),
        customer=_at(Noun.CUSTOMER, record, record.account_id),
        projects=tuple(Ref(Noun.PROJECT, code) for code in record.project_codes),
    )


def _erp_contract(to: Describer, record: erp.ErpContract) -> CardFacts:
    return CardFacts(
        code=record.number,
        number=record.number,
        status=to.word(Domain.CONTRACT_STATUS, record, record.status),
        type=to.word(Domain.CONTRACT_TYPE, record, record.type),
        currency=record.currency,
        legal_entity=to.entity(record),
        modified_at=record.modified_at,
        keys=(record.number,),
        references=_references(record),
        customer=_at(Noun.CUSTOMER, record, record.customer_id),
    )


def _project(to: Describer, record: psa.PsaProject) -> CardFacts:
    opportunity = record.opportunity_reference
    return CardFacts(
        code=record.code,
        name=record.name,
        status=to.word(Domain.PROJECT_STATUS, record, record.status),
        type=to.word(Domain.PROJECT_TYPE, record, record.type),
        currency=record.currency,
        legal_entity=to.entity(record),
        service_line=to.word(Domain.SERVICE_LINE, record, record.service_line),
        start_date=record.start_date,
        end_date=record.end_date,
        modified_at=record.modified_at,
        keys=(record.code,),
        references=_references(record),
        customer=_at(Noun.CUSTOMER, record, record.client_id),
        contract=_coded(Noun.CONTRACT, record.contract_number),
        opportunity=_coded(Noun.OPPORTUNITY, opportunity),
        manager=_at(Noun.RESOURCE, record, record.manager_id),
        members=tuple(Ref(Noun.RESOURCE, member, record.native.connection) for member in record.member_ids),
    )


def _job(to: Describer, record: erp.ErpJob) -> CardFacts:
    return CardFacts(
        code=record.code,
        name=record.name,
        status=to.word(Domain.PROJECT_STATUS, record, record.status),
        currency=record.currency,
        legal_entity=to.entity(record),
        service_line=to.word(Domain.SERVICE_LINE, record, record.service_line),
        start_date=record.start_date,
        end_date=record.end_date,
        modified_at=record.modified_at,
        keys=(record.code,) if record.code else (),
        references=_references(record),
        customer=_at(Noun.CUSTOMER, record, record.customer_id),
    )


def _worker(to: Describer, record: hcm.HcmWorker) -> CardFacts:
    keys = to.person_keys(record.worker_number, record.email)
    return CardFacts(
        code=keys[0] if record.worker_number else None,
        status=to.word(Domain.EMPLOYMENT_STATUS, record, record.employment_status),
        type=to.word(Domain.RESOURCE_TYPE, record, record.type),
        legal_entity=to.entity(record),
        start_date=record.hire_date,
        modified_at=record.modified_at,
        keys=keys,
        manager=_at(Noun.RESOURCE, record, record.manager_id),
    )


def _user(to: Describer, record: psa.PsaUser) -> CardFacts:
    return CardFacts(
        type=to.word(Domain.RESOURCE_TYPE, record, record.type),
        modified_at=record.modified_at,
        keys=to.person_keys(record.worker_number, record.email),
    )


def _employee(to: Describer, record: erp.ErpEmployee) -> CardFacts:
    return CardFacts(
        legal_entity=to.entity(record),
        modified_at=record.modified_at,
        keys=to.person_keys(record.worker_number, record.email),
    )


def _invoice(to: Describer, record: erp.ErpInvoice) -> CardFacts:
    word = to.word(Domain.INVOICE_STATUS, record, record.status)
    status = settled_status(InvoiceStatus(word), record.total, record.balance).value if word else None
    return CardFacts(
        code=record.number,
        number=record.number,
        status=status,
        type=to.word(Domain.INVOICE_KIND, record, record.kind),
        currency=record.currency,
        legal_entity=to.entity(record),
        start_date=record.issue_date,
        end_date=record.due_date,
        modified_at=record.modified_at,
        keys=(record.number,),
        references=_references(record),
        customer=_at(Noun.CUSTOMER, record, record.customer_id),
        contract=_coded(Noun.CONTRACT, record.contract_number),
        projects=tuple(Ref(Noun.PROJECT, job, record.native.connection) for job in record.job_ids),
    )


def _legal_entity(to: Describer, record: erp.ErpLegalEntity) -> CardFacts:
    code = to.word(Domain.LEGAL_ENTITY, record, record.code)
    return CardFacts(
        code=code,
        name=record.name,
        currency=record.functional_currency,
        legal_entity=code,
        region=record.region,
        modified_at=record.modified_at,
        keys=(code,) if code else (),
        references=_references(record),
        parent=_at(Noun.LEGAL_ENTITY, record, record.parent_id),
    )


_BUILDERS: dict[type, tuple[Noun, Callable[[Describer, Any], CardFacts]]] = {
    crm.CrmAccount: (Noun.CUSTOMER, _account),
    psa.PsaClient: (Noun.CUSTOMER, _client),
    erp.ErpCustomer: (Noun.CUSTOMER, _customer),
    crm.CrmOpportunity: (Noun.OPPORTUNITY, _opportunity),
    crm.CrmContract: (Noun.CONTRACT, _crm_contract),
    erp.ErpContract: (Noun.CONTRACT, _erp_contract),
    psa.PsaProject: (Noun.PROJECT, _project),
    erp.ErpJob: (Noun.PROJECT, _job),
    hcm.HcmWorker: (Noun.RESOURCE, _worker),
    psa.PsaUser: (Noun.RESOURCE, _user),
    erp.ErpEmployee: (Noun.RESOURCE, _employee),
    erp.ErpInvoice: (Noun.INVOICE, _invoice),
    erp.ErpLegalEntity: (Noun.LEGAL_ENTITY, _legal_entity),
}

CARD_KINDS: tuple[type[Record], ...] = tuple(_BUILDERS)
"""Record classes that have a card."""
