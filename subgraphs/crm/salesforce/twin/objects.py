"""The objects that the firm's org holds: standard fields as Salesforce ships them, custom ones for facts that no standard field carries.

Standard names: Object Reference for the Salesforce Platform. Custom fields end in `__c` and are this firm's own.
"""

from collections.abc import Iterable, Mapping

from subgraphs.crm.salesforce.twin.model import Field, Kind, ObjectType


def _plain(kind: Kind, *names: str) -> list[Field]:
    return [Field(name=name, kind=kind) for name in names]


def _computed(kind: Kind, *names: str) -> list[Field]:
    return [Field(name=name, kind=kind, writable=False) for name in names]


def _key(name: str, *, unique: bool = True) -> Field:
    return Field(name=name, kind=Kind.STRING, external_id=True, unique=unique)


def _link(name: str, to: str, relationship: str, *, required: bool = False) -> Field:
    return Field(name=name, kind=Kind.REFERENCE, to=to, relationship=relationship, required=required)


def _required(kind: Kind, *names: str) -> list[Field]:
    return [Field(name=name, kind=kind, required=True) for name in names]


_SYSTEM = [
    *_computed(Kind.ID, "Id"),
    *_computed(Kind.BOOLEAN, "IsDeleted"),
    *_computed(Kind.DATETIME, "CreatedDate", "LastModifiedDate", "SystemModstamp"),
]
_OWNER = _link("OwnerId", "User", "Owner")

_ACCOUNT = [
    *_SYSTEM,
    _OWNER,
    *_required(Kind.STRING, "Name"),
    _link("ParentId", "Account", "Parent"),
    *_plain(Kind.PICKLIST, "Type", "Industry"),
    *_plain(Kind.STRING, "AccountNumber", "Website"),
    *_plain(Kind.PHONE, "Phone"),
    *(
        field
        for place in ("Billing", "Shipping")
        for field in (
            *_plain(Kind.TEXT_AREA, f"{place}Street"),
            *_plain(Kind.STRING, f"{place}City", f"{place}State", f"{place}PostalCode", f"{place}Country"),
            *_plain(Kind.PICKLIST, f"{place}CountryCode"),
        )
    ),
    _key("Customer_Number__c"),
    *_plain(Kind.STRING, "Legal_Name__c"),
    *_plain(Kind.PICKLIST, "Account_Status__c", "Segment__c", "Region__c"),
]
_OPPORTUNITY = [
    *_SYSTEM,
    _OWNER,
    *_required(Kind.STRING, "Name"),
    *_required(Kind.PICKLIST, "StageName"),
    *_required(Kind.DATE, "CloseDate"),
    _link("AccountId", "Account", "Account"),
    _link("ContractId", "Contract", "Contract"),
    *_computed(Kind.BOOLEAN, "IsClosed", "IsWon"),
    *_plain(Kind.CURRENCY, "Amount"),
    *_plain(Kind.PERCENT, "Probability"),
    *_plain(Kind.PICKLIST, "Type"),
    _key("Opportunity_Number__c"),
    *_plain(Kind.DATETIME, "Closed_At__c"),
    *_plain(Kind.PICKLIST, "Service_Line__c", "Contract_Type__c", "Legal_Entity__c"),
    *_plain(Kind.STRING, "Quote_Number__c", "Project_Code__c"),
]
_OPPORTUNITY_LINE = [
    *_SYSTEM,
    _link("OpportunityId", "Opportunity", "Opportunity", required=True),
    *_plain(Kind.STRING, "Description", "Role__c"),
    *_plain(Kind.PICKLIST, "Unit__c", "Service_Line__c"),
    *_required(Kind.DOUBLE, "Quantity"),
    *_plain(Kind.CURRENCY, "UnitPrice"),
    *_computed(Kind.CURRENCY, "TotalPrice"),
    *_plain(Kind.DATE, "ServiceDate", "End_Date__c"),
]
_CONTRACT = [
    *_SYSTEM,
    _OWNER,
    _link("AccountId", "Account", "Account", required=True),
    *_plain(Kind.STRING, "Name"),
    *_computed(Kind.STRING, "ContractNumber"),
    *_plain(Kind.PICKLIST, "Status"),
    *_plain(Kind.DATE, "StartDate", "EndDate"),
    *_plain(Kind.DOUBLE, "ContractTerm"),
    _key("Contract_Key__c"),
    *_plain(Kind.PICKLIST, "Contract_Type__c", "Legal_Entity__c"),
    *_plain(Kind.CURRENCY, "Total_Value__c", "Not_To_Exceed__c"),
    *_plain(Kind.STRING, "Purchase_Order__c"),
]
_CONTACT = [
    *_SYSTEM,
    _OWNER,
    _link("AccountId", "Account", "Account"),
    *_computed(Kind.STRING, "Name"),
    *_plain(Kind.STRING, "FirstName", "Title"),
    *_required(Kind.STRING, "LastName"),
    *_plain(Kind.EMAIL, "Email"),
    *_plain(Kind.PHONE, "Phone"),
    _key("Contact_Key__c", unique=False),
]
_USER = [
    *_SYSTEM,
    *_required(Kind.STRING, "Username", "LastName"),
    *_plain(Kind.STRING, "FirstName", "EmployeeNumber"),
    *_computed(Kind.STRING, "Name"),
    *_required(Kind.EMAIL, "Email"),
    *_plain(Kind.BOOLEAN, "IsActive"),
    _link("ManagerId", "User", "Manager"),
    *_plain(Kind.PICKLIST, "TimeZoneSidKey"),
]
_SHAPES: Iterable[tuple[str, str, list[Field], Mapping[str, tuple[str, str]]]] = (
    (
        "Account",
        "001",
        _ACCOUNT,
        {
            "ChildAccounts": ("Account", "ParentId"),
            "Contacts": ("Contact", "AccountId"),
            "Contracts": ("Contract", "AccountId"),
            "Opportunities": ("Opportunity", "AccountId"),
        },
    ),
    ("Contact", "003", _CONTACT, {}),
    ("Contract", "800", _CONTRACT, {"Opportunities": ("Opportunity", "ContractId")}),
    ("Opportunity", "006", _OPPORTUNITY, {"OpportunityLineItems": ("OpportunityLineItem", "OpportunityId")}),
    ("OpportunityLineItem", "00k", _OPPORTUNITY_LINE, {}),
    ("User", "005", _USER, {}),
)


def object_types(*, multi_currency: bool) -> dict[str, ObjectType]:
    """Return the org's objects by name; `CurrencyIsoCode` exists only where multi-currency is on."""
    currency = _plain(Kind.PICKLIST, "CurrencyIsoCode") if multi_currency else []
    return {
        name: ObjectType(
            name=name, prefix=prefix, fields={field.name: field for field in [*fields, *currency]}, children=children
        )
        for name, prefix, fields, children in _SHAPES
    }
