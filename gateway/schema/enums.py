"""The canonical enums in GraphQL, each registered once, with descriptions of its values."""

import strawberry

from gateway.canonical.roles import ConflictPolicy, DataRegion, SystemRole
from gateway.canonical.states import (
    ApprovalState,
    BillingState,
    BookingStatus,
    ContractStatus,
    ContractType,
    CustomerStatus,
    DemandStatus,
    DimensionKind,
    DimensionTarget,
    EmploymentStatus,
    ExchangeRateType,
    InvoiceKind,
    InvoiceLineKind,
    InvoiceStatus,
    OpportunityStage,
    PeriodStatus,
    Priority,
    ProjectStatus,
    ProjectType,
    Rag,
    ReimbursementState,
    ResourceType,
    SkillLevel,
    TaskStatus,
    TaxProfileStatus,
    TaxTreatment,
    TaxType,
)
from gateway.insight.availability import Granularity
from gateway.schema.enum_descriptions import TYPES, VALUES
from gateway.schema.kernel.descriptions import describe_enum

for _enum, _description in TYPES.items():
    strawberry.enum(_enum)
    describe_enum(_enum, _description, VALUES[_enum])

__all__ = [
    "ApprovalState",
    "BillingState",
    "BookingStatus",
    "ConflictPolicy",
    "ContractStatus",
    "ContractType",
    "CustomerStatus",
    "DataRegion",
    "DemandStatus",
    "DimensionKind",
    "DimensionTarget",
    "EmploymentStatus",
    "ExchangeRateType",
    "Granularity",
    "InvoiceKind",
    "InvoiceLineKind",
    "InvoiceStatus",
    "OpportunityStage",
    "PeriodStatus",
    "Priority",
    "ProjectStatus",
    "ProjectType",
    "Rag",
    "ReimbursementState",
    "ResourceType",
    "SkillLevel",
    "SystemRole",
    "TaskStatus",
    "TaxProfileStatus",
    "TaxTreatment",
    "TaxType",
]
