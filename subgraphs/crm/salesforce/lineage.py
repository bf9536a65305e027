"""Where each attribute of each record comes from in this org, or why there is none."""

from collections.abc import Mapping

from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.ports.lineage import Absent, Lineage, Origin, Supplied
from subgraphs.crm.salesforce.mapping import Fields, SalesforceMapping

_UNNAMED = Absent("The connection's mapping file names no field of the org for it.")


def lineage_of(mapping: SalesforceMapping) -> Lineage:
    """Return the lineage of every record class, as the mapping file makes it."""
    return {
        CrmAccount: _account(mapping),
        CrmOpportunity: _opportunity(mapping),
        CrmContract: _contract(mapping),
        CrmContact: _contact(mapping),
    }


def _custom(object_name: str, fields: Fields, attributes: Mapping[str, str]) -> dict[str, Origin]:
    """Return the origins of attributes (attribute -> key of the mapping file) that live in the tenant's own fields."""
    named = fields.named()
    return {
        attribute: Supplied(object_name, named[key]) if key in named else _UNNAMED
        for attribute, key in attributes.items()
    }


def _currency(object_name: str, mapping: SalesforceMapping) -> Origin:
    if mapping.multi_currency:
        return Supplied(object_name, "CurrencyIsoCode")
    return Supplied("Organization", "DefaultCurrencyIsoCode", "the mapping file's currency: the org has only one")


def _address(place: str, country: str) -> Supplied:
    return Supplied("Account", f"{place}Address", f"street split into lines; {country} as an ISO 3166-1 code")


def _account(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    same = ("legal_name", "status", "segment", "region")
    return {
        "name": Supplied("Account", "Name"),
        "parent_id": Supplied("Account", "ParentId"),
        "industry": Supplied("Account", "Industry"),
        "owner": Supplied("Account", "OwnerId", "with the name and e-mail address of the user"),
        "default_currency": _currency("Account", mapping),
        "billing_address": _address("Billing", mapping.account.billing_country),
        "shipping_address": _address("Shipping", mapping.account.shipping_country),
        **_custom("Account", mapping.account, dict(zip(same, same, strict=True))),
    }


def _opportunity(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    same = ("closed_at", "service_line", "contract_type", "legal_entity", "quote_number", "project_code")
    return {
        "name": Supplied("Opportunity", "Name"),
        "account_id": Supplied("Opportunity", "AccountId"),
        "stage": Supplied("Opportunity", "StageName", "closed deals by IsClosed and IsWon, whatever the label"),
        "probability": Supplied("Opportunity", "Probability", "percent to a fraction"),
        "amount": Supplied("Opportunity", "Amount"),
        "expected_close_date": Supplied("Opportunity", "CloseDate"),
        "contract_id": Supplied("Opportunity", "ContractId"),
        "lines": Supplied("OpportunityLineItem", "OpportunityId"),
        **_custom("Opportunity", mapping.opportunity, dict(zip(same, same, strict=True))),
    }


def _contract(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    attributes = {
        "type": "contract_type",
        "legal_entity": "legal_entity",
        "total_value": "total_value",
        "not_to_exceed": "not_to_exceed",
        "purchase_order_number": "purchase_order",
    }
    code = mapping.opportunity.project_code
    return {
        "number": Supplied("Contract", "ContractNumber"),
        "title": Supplied("Contract", "Name"),
        "account_id": Supplied("Contract", "AccountId"),
        "status": Supplied("Contract", "Status"),
        "currency": _currency("Contract", mapping),
        "effective_date": Supplied("Contract", "StartDate"),
        "expiration_date": Supplied("Contract", "EndDate"),
        "project_codes": Supplied("Opportunity", code, "of the opportunities under the contract") if code else _UNNAMED,
        "lines": Absent("Salesforce contracts have no lines; prices stand on the opportunity."),
        **_custom("Contract", mapping.contract, attributes),
    }


def _contact(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    return {
        "account_id": Supplied("Contact", "AccountId"),
        "name": Supplied("Contact", "Name"),
        "title": Supplied("Contact", "Title"),
        "email": Supplied("Contact", "Email"),
        "phone": Supplied("Contact", "Phone"),
        **_custom("Contact", mapping.contact, {"roles": "roles"}),
    }
