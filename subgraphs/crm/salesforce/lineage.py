"""The source field of each record attribute in an org, or why it is unsupported."""

from collections.abc import Mapping

from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity
from gateway.ports.lineage import Lineage, Origin, Supplied, Unsupported
from subgraphs.crm.salesforce.mapping import Fields, SalesforceMapping

_UNMAPPED = Unsupported("The connection's mapping file maps no Salesforce field to this attribute.")


def build_lineage(mapping: SalesforceMapping) -> Lineage:
    """Return the lineage of every record class for a mapping file."""
    return {
        CrmAccount: _build_account_lineage(mapping),
        CrmOpportunity: _build_opportunity_lineage(mapping),
        CrmContract: _build_contract_lineage(mapping),
        CrmContact: _build_contact_lineage(mapping),
    }


def _map_custom_fields(object_name: str, fields: Fields, attributes: Mapping[str, str]) -> dict[str, Origin]:
    """Return the origins of attributes that custom fields supply (attribute -> key of the mapping file)."""
    mapped = fields.list_mapped()
    return {
        attribute: Supplied(object_name, mapped[key]) if key in mapped else _UNMAPPED
        for attribute, key in attributes.items()
    }


def _build_currency_origin(object_name: str, mapping: SalesforceMapping) -> Origin:
    if mapping.multi_currency:
        return Supplied(object_name, "CurrencyIsoCode")
    return Supplied(
        "Organization", "DefaultCurrencyIsoCode", "the currency of the mapping file, as the org has a single currency"
    )


def _build_address_origin(purpose: str, country: str) -> Supplied:
    return Supplied("Account", f"{purpose}Address", f"street split into lines; {country} as an ISO 3166-1 code")


def _build_account_lineage(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    same = ("legal_name", "status", "segment", "region")
    return {
        "name": Supplied("Account", "Name"),
        "parent_id": Supplied("Account", "ParentId"),
        "industry": Supplied("Account", "Industry"),
        "owner": Supplied("Account", "OwnerId", "with the name and e-mail address of the user"),
        "default_currency": _build_currency_origin("Account", mapping),
        "billing_address": _build_address_origin("Billing", mapping.account.billing_country),
        "shipping_address": _build_address_origin("Shipping", mapping.account.shipping_country),
        **_map_custom_fields("Account", mapping.account, dict(zip(same, same, strict=True))),
    }


def _build_opportunity_lineage(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    same = ("closed_at", "service_line", "contract_type", "legal_entity", "quote_number", "project_code")
    return {
        "name": Supplied("Opportunity", "Name"),
        "account_id": Supplied("Opportunity", "AccountId"),
        "stage": Supplied(
            "Opportunity", "StageName", "IsClosed and IsWon decide for closed opportunities, whatever the label"
        ),
        "probability": Supplied("Opportunity", "Probability", "percentage converted to a fraction"),
        "amount": Supplied("Opportunity", "Amount"),
        "expected_close_date": Supplied("Opportunity", "CloseDate"),
        "contract_id": Supplied("Opportunity", "ContractId"),
        "lines": Supplied("OpportunityLineItem", "OpportunityId"),
        **_map_custom_fields("Opportunity", mapping.opportunity, dict(zip(same, same, strict=True))),
    }


def _build_contract_lineage(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    attributes = {
        "type": "contract_type",
        "legal_entity": "legal_entity",
        "total_value": "total_value",
        "not_to_exceed": "not_to_exceed",
        "purchase_order_number": "purchase_order",
    }
    code, lines = mapping.opportunity.project_code, mapping.contract_lines
    return {
        "number": Supplied("Contract", "ContractNumber"),
        "title": Supplied("Contract", "Name"),
        "account_id": Supplied("Contract", "AccountId"),
        "status": Supplied("Contract", "Status"),
        "currency": _build_currency_origin("Contract", mapping),
        "effective_date": Supplied("Contract", "StartDate"),
        "expiration_date": Supplied("Contract", "EndDate"),
        "project_codes": Supplied("Opportunity", code, "of the opportunities of the contract") if code else _UNMAPPED,
        "lines": _UNMAPPED if lines is None else Supplied(lines.object, ", ".join(lines.fields.list_mapped().values())),
        **_map_custom_fields("Contract", mapping.contract, attributes),
    }


def _build_contact_lineage(mapping: SalesforceMapping) -> Mapping[str, Origin]:
    return {
        "account_id": Supplied("Contact", "AccountId"),
        "name": Supplied("Contact", "Name"),
        "title": Supplied("Contact", "Title"),
        "email": Supplied("Contact", "Email"),
        "phone": Supplied("Contact", "Phone"),
        **_map_custom_fields("Contact", mapping.contact, {"roles": "roles"}),
    }
