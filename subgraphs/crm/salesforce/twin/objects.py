"""The objects of the firm's org: Salesforce's standard fields, and custom fields for what no standard field stores.

Standard names: Object Reference for the Salesforce Platform. Custom fields end in `__c`.
"""

from collections.abc import Iterable, Mapping

from subgraphs.crm.salesforce.twin.model import Field, FieldType, ObjectType


def _build_fields(field_type: FieldType, *names: str) -> list[Field]:
    return [Field(name=name, type=field_type) for name in names]


def _build_computed(field_type: FieldType, *names: str) -> list[Field]:
    return [Field(name=name, type=field_type, writable=False) for name in names]


def _build_external_id(name: str, *, unique: bool = True) -> Field:
    return Field(name=name, type=FieldType.STRING, external_id=True, unique=unique)


def _build_reference(name: str, to: str, relationship: str, *, required: bool = False) -> Field:
    return Field(name=name, type=FieldType.REFERENCE, to=to, relationship=relationship, required=required)


def _build_required(field_type: FieldType, *names: str) -> list[Field]:
    return [Field(name=name, type=field_type, required=True) for name in names]


_SYSTEM = [
    *_build_computed(FieldType.ID, "Id"),
    *_build_computed(FieldType.BOOLEAN, "IsDeleted"),
    *_build_computed(FieldType.DATETIME, "CreatedDate", "LastModifiedDate", "SystemModstamp"),
]
_OWNER = _build_reference("OwnerId", "User", "Owner")

_ACCOUNT = [
    *_SYSTEM,
    _OWNER,
    *_build_required(FieldType.STRING, "Name"),
    _build_reference("ParentId", "Account", "Parent"),
    *_build_fields(FieldType.PICKLIST, "Type", "Industry"),
    *_build_fields(FieldType.STRING, "AccountNumber", "Website"),
    *_build_fields(FieldType.PHONE, "Phone"),
    *(
        field
        for purpose in ("Billing", "Shipping")
        for field in (
            *_build_fields(FieldType.TEXT_AREA, f"{purpose}Street"),
            *_build_fields(
                FieldType.STRING, f"{purpose}City", f"{purpose}State", f"{purpose}PostalCode", f"{purpose}Country"
            ),
            *_build_fields(FieldType.PICKLIST, f"{purpose}CountryCode"),
        )
    ),
    _build_external_id("Customer_Number__c"),
    *_build_fields(FieldType.STRING, "Legal_Name__c"),
    *_build_fields(FieldType.PICKLIST, "Account_Status__c", "Segment__c", "Region__c"),
]
_OPPORTUNITY = [
    *_SYSTEM,
    _OWNER,
    *_build_required(FieldType.STRING, "Name"),
    *_build_required(FieldType.PICKLIST, "StageName"),
    *_build_required(FieldType.DATE, "CloseDate"),
    _build_reference("AccountId", "Account", "Account"),
    _build_reference("ContractId", "Contract", "Contract"),
    *_build_computed(FieldType.BOOLEAN, "IsClosed", "IsWon"),
    *_build_fields(FieldType.CURRENCY, "Amount"),
    *_build_fields(FieldType.PERCENT, "Probability"),
    *_build_fields(FieldType.PICKLIST, "Type"),
    _build_external_id("Opportunity_Number__c"),
    *_build_fields(FieldType.DATETIME, "Closed_At__c"),
    *_build_fields(FieldType.PICKLIST, "Service_Line__c", "Contract_Type__c", "Legal_Entity__c"),
    *_build_fields(FieldType.STRING, "Quote_Number__c", "Project_Code__c"),
]
_OPPORTUNITY_LINE = [
    *_SYSTEM,
    _build_reference("OpportunityId", "Opportunity", "Opportunity", required=True),
    *_build_fields(FieldType.STRING, "Description", "Role__c"),
    *_build_fields(FieldType.PICKLIST, "Unit__c", "Service_Line__c"),
    *_build_required(FieldType.DOUBLE, "Quantity"),
    *_build_fields(FieldType.CURRENCY, "UnitPrice"),
    *_build_computed(FieldType.CURRENCY, "TotalPrice"),
    *_build_fields(FieldType.DATE, "ServiceDate", "End_Date__c"),
]
_CONTRACT = [
    *_SYSTEM,
    _OWNER,
    _build_reference("AccountId", "Account", "Account", required=True),
    *_build_fields(FieldType.STRING, "Name"),
    *_build_computed(FieldType.STRING, "ContractNumber"),
    *_build_fields(FieldType.PICKLIST, "Status"),
    *_build_fields(FieldType.DATE, "StartDate", "EndDate"),
    *_build_fields(FieldType.DOUBLE, "ContractTerm"),
    _build_external_id("Contract_Key__c"),
    *_build_fields(FieldType.PICKLIST, "Contract_Type__c", "Legal_Entity__c"),
    *_build_fields(FieldType.CURRENCY, "Total_Value__c", "Not_To_Exceed__c"),
    *_build_fields(FieldType.STRING, "Purchase_Order__c"),
]
_CONTRACT_LINE = [
    *_SYSTEM,
    _build_reference("Contract__c", "Contract", "Contract__r", required=True),
    *_build_fields(FieldType.STRING, "Description__c"),
    *_build_fields(FieldType.DOUBLE, "Quantity__c"),
    *_build_fields(FieldType.CURRENCY, "Rate__c", "Amount__c"),
    *_build_fields(FieldType.DATE, "Start_Date__c", "End_Date__c"),
]
_CONTACT = [
    *_SYSTEM,
    _OWNER,
    _build_reference("AccountId", "Account", "Account"),
    *_build_computed(FieldType.STRING, "Name"),
    *_build_fields(FieldType.STRING, "FirstName", "Title"),
    *_build_required(FieldType.STRING, "LastName"),
    *_build_fields(FieldType.EMAIL, "Email"),
    *_build_fields(FieldType.PHONE, "Phone"),
    _build_external_id("Contact_Key__c", unique=False),
]
_USER = [
    *_SYSTEM,
    *_build_required(FieldType.STRING, "Username", "LastName"),
    *_build_fields(FieldType.STRING, "FirstName", "EmployeeNumber"),
    *_build_computed(FieldType.STRING, "Name"),
    *_build_required(FieldType.EMAIL, "Email"),
    *_build_fields(FieldType.BOOLEAN, "IsActive"),
    _build_reference("ManagerId", "User", "Manager"),
    *_build_fields(FieldType.PICKLIST, "TimeZoneSidKey"),
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
    (
        "Contract",
        "800",
        _CONTRACT,
        {"Opportunities": ("Opportunity", "ContractId"), "Contract_Lines__r": ("Contract_Line__c", "Contract__c")},
    ),
    ("Contract_Line__c", "a00", _CONTRACT_LINE, {}),
    ("Opportunity", "006", _OPPORTUNITY, {"OpportunityLineItems": ("OpportunityLineItem", "OpportunityId")}),
    ("OpportunityLineItem", "00k", _OPPORTUNITY_LINE, {}),
    ("User", "005", _USER, {}),
)


def build_object_types(*, multi_currency: bool) -> dict[str, ObjectType]:
    """Return the org's objects by name; `CurrencyIsoCode` exists only with multi-currency."""
    currency = _build_fields(FieldType.PICKLIST, "CurrencyIsoCode") if multi_currency else []
    return {
        name: ObjectType(
            name=name, prefix=prefix, fields={field.name: field for field in [*fields, *currency]}, children=children
        )
        for name, prefix, fields, children in _SHAPES
    }
