"""Fills the org from a firm, with the org's labels and with ids derived from business codes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from subgraphs.crm.salesforce.twin.model import Value
from subgraphs.crm.salesforce.twin.org import Org, build_record_id
from subgraphs.sandbox.firm.model import Contact, Contract, ContractLine, Customer, Firm, Opportunity, OpportunityLine

STAGES = {
    "PROSPECTING": "Prospecting",
    "QUALIFIED": "Qualification",
    "PROPOSAL": "Proposal/Price Quote",
    "NEGOTIATION": "Negotiation/Review",
    "CLOSED_WON": "Closed Won",
    "CLOSED_LOST": "Closed Lost",
}
CONTRACT_TYPES = {
    "TIME_AND_MATERIALS": "Time and Materials",
    "TIME_AND_MATERIALS_CAPPED": "Time and Materials, Capped",
    "FIXED_FEE": "Fixed Fee",
    "MILESTONE": "Milestone",
    "RETAINER": "Retainer",
    "SUBSCRIPTION": "Subscription",
    "COST_PLUS": "Cost Plus",
    "INTERNAL": "Internal",
}
CONTRACT_STATUSES = {
    "DRAFT": "Draft",
    "PENDING_SIGNATURE": "In Approval Process",
    "ACTIVE": "Activated",
    "AMENDED": "Amended",
    "EXPIRED": "Expired",
    "TERMINATED": "Terminated",
    "CLOSED": "Closed",
}
ACCOUNT_STATUSES = {
    "PROSPECT": "Prospect",
    "ACTIVE": "Active",
    "ON_HOLD": "On Hold",
    "INACTIVE": "Inactive",
    "MERGED": "Merged",
}
_SEEDED_BEFORE = timedelta(days=30)


def seed(org: Org, firm: Firm) -> None:
    """Store all users, accounts, contacts, contracts, opportunities and lines of a firm.

    Rows are modified one second apart, from 30 days before the firm's current date or the clock, whichever is earlier.
    """
    _Seeder(org, firm).run()


def build_account_id(number: str) -> str:
    """Return the id of the account with this customer number."""
    return build_record_id("001", number)


def build_contact_id(number: str, position: int) -> str:
    """Return the id of a customer's contact, by its position from 1."""
    return build_record_id("003", f"{number}/{position}")


def build_contract_id(number: str) -> str:
    """Return the id of the contract with this number."""
    return build_record_id("800", number)


def build_opportunity_id(number: str) -> str:
    """Return the id of the opportunity with this number."""
    return build_record_id("006", number)


def build_line_id(number: str, position: int) -> str:
    """Return the id of an opportunity's line, by its position from 1."""
    return build_record_id("00k", f"{number}/{position}")


class _Seeder:
    """Stores one firm in one org."""

    def __init__(self, org: Org, firm: Firm) -> None:
        self._org = org
        self._firm = firm
        now = min(datetime.combine(firm.today, time(8), tzinfo=UTC), org.clock().replace(microsecond=0))
        self._timestamps = self._iterate_seconds(now - _SEEDED_BEFORE)
        self._users = {worker.name: build_record_id("005", worker.number) for worker in firm.workers}
        lines = (dimension for dimension in firm.dimensions if dimension.kind == "SERVICE_LINE")
        self._service_lines = {value.code: value.name for dimension in lines for value in dimension.values}

    def run(self) -> None:
        self._put_users()
        for customer in (each for each in self._firm.customers if "CRM" not in each.absent_from):
            self._put("Account", build_account_id(customer.number), self._build_account(customer))
            for position, contact in enumerate(customer.contacts, 1):
                self._put(
                    "Contact",
                    build_contact_id(customer.number, position),
                    self._build_contact(customer, position, contact),
                )
        for contract in self._firm.contracts:
            self._put("Contract", build_contract_id(contract.number), self._build_contract(contract))
            for position, priced in enumerate(contract.lines, 1):
                self._put(
                    "Contract_Line__c",
                    build_record_id("a00", f"{contract.number}/{position}"),
                    self._build_contract_line(contract, priced),
                )
        for opportunity in self._firm.opportunities:
            self._put("Opportunity", build_opportunity_id(opportunity.number), self._build_opportunity(opportunity))
            for position, line in enumerate(opportunity.lines, 1):
                self._put(
                    "OpportunityLineItem",
                    build_line_id(opportunity.number, position),
                    self._build_line(opportunity, line),
                )

    @staticmethod
    def _iterate_seconds(start: datetime) -> Iterator[datetime]:
        while True:
            yield start
            start += timedelta(seconds=1)

    def _put(self, object_name: str, identifier: str, values: Mapping[str, Value]) -> None:
        object_type = self._org.types[object_name]
        existing = {name: value for name, value in values.items() if name in object_type.fields}
        self._org.put(object_type, identifier, existing, next(self._timestamps))

    def _put_users(self) -> None:
        zones = {entity.code: entity.time_zone for entity in self._firm.entities}
        for worker in self._firm.workers:
            first, _, last = worker.name.partition(" ")
            values: dict[str, Value] = {
                "Username": worker.email,
                "FirstName": first,
                "LastName": last,
                "Email": worker.email,
                "EmployeeNumber": worker.number,
                "IsActive": worker.termination_date is None,
                "ManagerId": build_record_id("005", worker.manager) if worker.manager else None,
                "TimeZoneSidKey": zones.get(worker.entity),
            }
            self._put("User", build_record_id("005", worker.number), values)

    def _build_account(self, customer: Customer) -> dict[str, Value]:
        return {
            "Name": customer.name,
            "OwnerId": self._users.get(customer.owner),
            "ParentId": build_account_id(customer.parent) if customer.parent else None,
            "Type": "Customer",
            "Industry": customer.industry,
            "BillingStreet": "\n".join(filter(None, (customer.street, customer.suite))),
            "BillingCity": customer.city,
            "BillingState": customer.state,
            "BillingPostalCode": customer.postal_code,
            "BillingCountryCode": customer.country,
            "CurrencyIsoCode": customer.currency,
            "Customer_Number__c": customer.number,
            "Legal_Name__c": customer.legal_name,
            "Account_Status__c": ACCOUNT_STATUSES[customer.status],
            "Segment__c": customer.segment,
            "Region__c": customer.region,
        }

    def _build_contact(self, customer: Customer, position: int, contact: Contact) -> dict[str, Value]:
        first, _, last = contact.name.rpartition(" ")
        return {
            "AccountId": build_account_id(customer.number),
            "OwnerId": self._users.get(customer.owner),
            "FirstName": first or None,
            "LastName": last,
            "Title": contact.title,
            "Email": contact.email,
            "Phone": contact.phone,
            "Contact_Key__c": f"{customer.number}-{position}",
        }

    def _build_contract(self, contract: Contract) -> dict[str, Value]:
        return {
            "AccountId": build_account_id(contract.customer),
            "Name": contract.title,
            "ContractNumber": contract.number,
            "Status": CONTRACT_STATUSES[contract.status],
            "StartDate": contract.effective,
            "EndDate": contract.expires,
            "CurrencyIsoCode": contract.currency,
            "Contract_Key__c": contract.number,
            "Contract_Type__c": CONTRACT_TYPES[contract.type],
            "Legal_Entity__c": contract.entity,
            "Total_Value__c": contract.total,
            "Not_To_Exceed__c": contract.not_to_exceed,
            "Purchase_Order__c": contract.purchase_order,
        }

    @staticmethod
    def _build_contract_line(contract: Contract, line: ContractLine) -> dict[str, Value]:
        return {
            "Contract__c": build_contract_id(contract.number),
            "Description__c": line.description,
            "Quantity__c": line.quantity,
            "Rate__c": line.rate,
            "Amount__c": line.quantity * line.rate,
            "Start_Date__c": contract.effective,
            "End_Date__c": contract.expires,
            "CurrencyIsoCode": contract.currency,
        }

    def _build_opportunity(self, opportunity: Opportunity) -> dict[str, Value]:
        return {
            "Name": opportunity.name,
            "OwnerId": self._users.get(opportunity.owner),
            "AccountId": build_account_id(opportunity.customer),
            "ContractId": build_contract_id(opportunity.contract) if opportunity.contract else None,
            "StageName": STAGES[opportunity.stage],
            "Probability": opportunity.probability * 100,
            "Amount": opportunity.amount,
            "CloseDate": opportunity.close_date,
            "CurrencyIsoCode": opportunity.currency,
            "Opportunity_Number__c": opportunity.number,
            "Closed_At__c": opportunity.closed_at,
            "Service_Line__c": self._service_lines.get(opportunity.service_line, opportunity.service_line),
            "Contract_Type__c": CONTRACT_TYPES[opportunity.contract_type],
            "Legal_Entity__c": opportunity.entity,
            "Quote_Number__c": opportunity.quote_number,
            "Project_Code__c": opportunity.project,
        }

    def _build_line(self, opportunity: Opportunity, line: OpportunityLine) -> dict[str, Value]:
        return {
            "OpportunityId": build_opportunity_id(opportunity.number),
            "Description": line.description,
            "Role__c": line.role,
            "Quantity": line.quantity,
            "Unit__c": line.unit.capitalize(),
            "UnitPrice": line.unit_price,
            "CurrencyIsoCode": opportunity.currency,
            "Service_Line__c": self._service_lines.get(line.service_line, line.service_line),
            "ServiceDate": line.start,
            "End_Date__c": line.end,
        }
