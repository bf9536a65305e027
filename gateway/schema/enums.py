"""The firm's words as GraphQL enums, registered once under their own names."""

import strawberry

from gateway.canonical import roles, states
from gateway.schema.kernel import directives
from gateway.insight.availability import Granularity

SystemRole = directives.SystemRole
ConflictPolicy = directives.ConflictPolicy
DataRegion = strawberry.enum(roles.DataRegion)
CustomerStatus = strawberry.enum(states.CustomerStatus)
OpportunityStage = strawberry.enum(states.OpportunityStage)
ContractType = strawberry.enum(states.ContractType)
ContractStatus = strawberry.enum(states.ContractStatus)
ProjectType = strawberry.enum(states.ProjectType)
ProjectStatus = strawberry.enum(states.ProjectStatus)
Rag = strawberry.enum(states.Rag)
TaskStatus = strawberry.enum(states.TaskStatus)
DemandStatus = strawberry.enum(states.DemandStatus)
Priority = strawberry.enum(states.Priority)
BookingStatus = strawberry.enum(states.BookingStatus)
ResourceType = strawberry.enum(states.ResourceType)
EmploymentStatus = strawberry.enum(states.EmploymentStatus)
SkillLevel = strawberry.enum(states.SkillLevel)
ApprovalState = strawberry.enum(states.ApprovalState)
BillingState = strawberry.enum(states.BillingState)
ReimbursementState = strawberry.enum(states.ReimbursementState)
InvoiceKind = strawberry.enum(states.InvoiceKind)
InvoiceStatus = strawberry.enum(states.InvoiceStatus)
InvoiceLineKind = strawberry.enum(states.InvoiceLineKind)
TaxType = strawberry.enum(states.TaxType)
TaxTreatment = strawberry.enum(states.TaxTreatment)
TaxProfileStatus = strawberry.enum(states.TaxProfileStatus)
DimensionKind = strawberry.enum(states.DimensionKind)
DimensionTarget = strawberry.enum(states.DimensionTarget)
ExchangeRateType = strawberry.enum(states.ExchangeRateType)
PeriodStatus = strawberry.enum(states.PeriodStatus)
Granularity = strawberry.enum(Granularity)  # type: ignore[misc] # the same name on purpose: the enum and its GraphQL form
