"""Describes the org's objects, their fields and relationships."""

from subgraphs.crm.salesforce.twin.model import Field, ObjectType
from subgraphs.crm.salesforce.twin.org import Org
from subgraphs.crm.salesforce.twin.responses import Json


def build_summary(object_type: ObjectType, version: str) -> dict[str, Json]:
    """Return an object's entry in the list of all objects."""
    base = f"/services/data/{version}/sobjects/{object_type.name}"
    return {
        "name": object_type.name,
        "label": object_type.name,
        "keyPrefix": object_type.prefix,
        "custom": False,
        "queryable": True,
        "createable": True,
        "updateable": True,
        "deletable": True,
        "replicateable": True,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def build_description(object_type: ObjectType, version: str) -> dict[str, Json]:
    """Return an object's full description."""
    return {
        **build_summary(object_type, version),
        "fields": [_build_field(field) for field in object_type.fields.values()],
        "childRelationships": [
            {"childSObject": child, "field": field, "relationshipName": name, "cascadeDelete": False}
            for name, (child, field) in object_type.children.items()
        ],
    }


def build_listing(org: Org, version: str) -> dict[str, Json]:
    """Return the list of all objects."""
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [build_summary(object_type, version) for object_type in org.types.values()],
    }


def _build_field(field: Field) -> Json:
    return {
        "name": field.name,
        "label": field.name.removesuffix("__c").replace("_", " "),
        "type": field.type.value,
        "custom": field.custom,
        "externalId": field.external_id,
        "unique": field.unique,
        "idLookup": field.external_id or field.name == "Id",
        "nillable": not field.required,
        "createable": field.writable,
        "updateable": field.writable,
        "filterable": True,
        "sortable": True,
        "calculated": False,
        "referenceTo": [field.to] if field.to else [],
        "relationshipName": field.relationship,
    }
