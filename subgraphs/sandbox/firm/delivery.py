"""The small firm's ten projects, with their tasks, people, time and expenses.

PRJ-1004 is on hold in the PSA but active in the ERP; PRJ-1005 lacks its cost centre; PRJ-1006 has neither contract nor
invoice; PRJ-1007 is billed in yen; PRJ-1009 was just won and is not in the ERP yet.
"""

from datetime import date
from decimal import Decimal

from subgraphs.sandbox.firm.delivery_rows import build_assignment, build_task, build_time_entry
from subgraphs.sandbox.firm.model import Demand, Expense, Milestone, Project

AUTUMN = (date(2026, 9, 1), date(2026, 12, 18))

PROJECTS = (
    Project(
        code="PRJ-1001",
        name="Aurora ERP rollout",
        description="Finance and procurement on one ERP in eleven stores.",
        customer="C-2001",
        type="CLIENT_BILLABLE",
        status="ACTIVE",
        start=date(2026, 9, 1),
        end=date(2026, 12, 18),
        manager="W-1001",
        entity="US01",
        currency="USD",
        service_line="STRAT",
        percent_complete=Decimal("0.35"),
        contract="CT-4001",
        opportunity="O-3001",
        erp_status="ACTIVE",
        dimensions=(("COST_CENTER", "CC-100"), ("SERVICE_LINE", "STRAT"), ("LOCATION", "NYC")),
        tasks=(
            build_task("10", "Discovery", "COMPLETE", date(2026, 9, 1), date(2026, 10, 9), "120"),
            build_task("20", "Build", "IN_PROGRESS", date(2026, 9, 14), date(2026, 12, 4), "480"),
            build_task("30", "Rollout", "NOT_STARTED", date(2026, 12, 7), date(2026, 12, 18), "80"),
            build_task(
                "90", "Internal coordination", "IN_PROGRESS", date(2026, 9, 1), date(2026, 12, 18), "20", billable=False
            ),
        ),
        milestones=(
            Milestone(code="M-1", name="Design signed", due=date(2026, 10, 9), completed=date(2026, 10, 8)),
            Milestone(code="M-2", name="Go live", due=date(2026, 12, 14)),
        ),
        assignments=(
            build_assignment("A-5001", "W-1001", "10", "Engagement lead", *AUTUMN, "120", "250.00"),
            build_assignment(
                "A-5002", "W-1002", "20", "Consultant", date(2026, 9, 14), date(2026, 12, 18), "480", "185.00"
            ),
        ),
        demands=(
            Demand(
                code="D-7001",
                role="Change manager",
                start=date(2026, 12, 1),
                end=date(2026, 12, 18),
                hours=Decimal(60),
                status="OPEN",
                skills=(("CHG", "INTERMEDIATE"),),
            ),
        ),
        time_entries=(
            build_time_entry("T-70001", "W-1001", "10", date(2026, 10, 5), "6.5", "APPROVED", "L-9001"),
            build_time_entry("T-70002", "W-1002", "20", date(2026, 10, 6), "8", "APPROVED", "L-9002"),
            build_time_entry("T-70003", "W-1002", "20", date(2026, 10, 7), "7.25", "APPROVED", "L-9002"),
            build_time_entry("T-70004", "W-1001", "10", date(2026, 11, 3), "4", "APPROVED"),
            build_time_entry("T-70005", "W-1002", "20", date(2026, 11, 4), "8", "APPROVED"),
            build_time_entry("T-70006", "W-1002", "20", date(2026, 11, 5), "7.5", "SUBMITTED"),
            build_time_entry("T-70007", "W-1002", "90", date(2026, 11, 6), "1.25", "APPROVED", billable=False),
        ),
        expenses=(
            Expense(
                code="E-6001",
                worker="W-1002",
                category="Travel",
                day=date(2026, 10, 8),
                amount=Decimal("412.30"),
                currency="USD",
                approval="APPROVED",
            ),
        ),
    ),
    Project(
        code="PRJ-1002",
        name="Aurora Outlets point of sale",
        description="Tills and stock for the outlet stores.",
        customer="C-2002",
        type="CLIENT_BILLABLE",
        status="ACTIVE",
        start=date(2026, 8, 3),
        end=date(2027, 1, 29),
        manager="W-1001",
        entity="US01",
        currency="USD",
        service_line="OPS",
        percent_complete=Decimal("0.5"),
        contract="CT-4002",
        opportunity="O-3002",
        erp_status="ACTIVE",
        health="AMBER",
        dimensions=(("COST_CENTER", "CC-100"), ("SERVICE_LINE", "OPS")),
        tasks=(
            build_task("10", "Pilot store", "COMPLETE", date(2026, 8, 3), date(2026, 10, 30), "160"),
            build_task("20", "Wave one", "IN_PROGRESS", date(2026, 11, 2), date(2027, 1, 29), "200"),
        ),
        assignments=(
            build_assignment(
                "A-5003", "W-1003", "20", "Consultant", date(2026, 11, 2), date(2027, 1, 29), "200", "160.00"
            ),
        ),
        time_entries=(
            build_time_entry("T-70011", "W-1003", "20", date(2026, 11, 10), "8", "APPROVED"),
            build_time_entry("T-70012", "W-1003", "20", date(2026, 11, 11), "6", "DRAFT"),
        ),
    ),
    Project(
        code="PRJ-1003",
        name="Birchwood data platform",
        description="One governed store for patient flow data.",
        customer="C-2003",
        type="CLIENT_BILLABLE",
        status="ACTIVE",
        start=date(2026, 9, 14),
        end=date(2027, 3, 31),
        manager="W-1004",
        entity="UK01",
        currency="GBP",
        service_line="DATA",
        percent_complete=Decimal("0.2"),
        contract="CT-4003",
        opportunity="O-3003",
        erp_status="ACTIVE",
        dimensions=(("COST_CENTER", "CC-200"), ("SERVICE_LINE", "DATA"), ("LOCATION", "LON")),
        tasks=(
            build_task("10", "Ingestion", "IN_PROGRESS", date(2026, 9, 14), date(2026, 12, 18), "400"),
            build_task("20", "Governance", "IN_PROGRESS", date(2026, 9, 28), date(2027, 3, 31), "300"),
        ),
        milestones=(Milestone(code="M-1", name="First ward live", due=date(2026, 12, 1)),),
        assignments=(
            build_assignment(
                "A-5004", "W-1005", "10", "Data engineer", date(2026, 9, 14), date(2027, 3, 31), "700", "110.00"
            ),
            build_assignment(
                "A-5005", "W-1004", "20", "Engagement lead", date(2026, 9, 14), date(2027, 3, 31), "90", "140.00"
            ),
        ),
        time_entries=(
            build_time_entry("T-70021", "W-1005", "10", date(2026, 10, 12), "7.5", "APPROVED", "L-9004"),
            build_time_entry("T-70022", "W-1004", "20", date(2026, 10, 13), "3", "APPROVED", "L-9005"),
            build_time_entry("T-70023", "W-1005", "10", date(2026, 11, 2), "7.5", "APPROVED"),
            build_time_entry("T-70024", "W-1005", "10", date(2026, 11, 3), "7", "REJECTED"),
        ),
    ),
    Project(
        code="PRJ-1004",
        name="Cobalt cloud migration",
        description="Two data centres into one cloud region.",
        customer="C-2004",
        type="CLIENT_BILLABLE",
        status="ON_HOLD",
        start=date(2026, 7, 1),
        end=date(2027, 6, 30),
        manager="W-1004",
        entity="UK01",
        currency="GBP",
        service_line="CLOUD",
        percent_complete=Decimal("0.4"),
        contract="CT-4004",
        opportunity="O-3004",
        erp_status="ACTIVE",
        health="RED",
        dimensions=(("COST_CENTER", "CC-200"), ("SERVICE_LINE", "CLOUD")),
        tasks=(build_task("10", "Landing zone", "COMPLETE", date(2026, 7, 1), date(2026, 9, 30), "300"),),
        milestones=(
            Milestone(code="M-1", name="Landing zone accepted", due=date(2026, 9, 30), completed=date(2026, 9, 29)),
        ),
        assignments=(
            build_assignment(
                "A-5006", "W-1004", "10", "Cloud architect", date(2026, 7, 1), date(2027, 6, 30), "260", "150.00"
            ),
        ),
        time_entries=(build_time_entry("T-70031", "W-1004", "10", date(2026, 10, 20), "2", "APPROVED"),),
    ),
    Project(
        code="PRJ-1005",
        name="Delft route optimisation",
        description="Daily tours for two hundred vans.",
        customer="C-2005",
        type="CLIENT_BILLABLE",
        status="ACTIVE",
        start=date(2026, 9, 21),
        end=date(2027, 3, 19),
        manager="W-1006",
        entity="NL01",
        currency="EUR",
        service_line="DATA",
        percent_complete=Decimal("0.25"),
        contract="CT-4005",
        opportunity="O-3005",
        erp_status="ACTIVE",
        dimensions=(("SERVICE_LINE", "DATA"), ("LOCATION", "AMS")),
        tasks=(build_task("10", "Solver", "IN_PROGRESS", date(2026, 9, 21), date(2027, 1, 29), "420"),),
        assignments=(
            build_assignment(
                "A-5007", "W-1007", "10", "Consultant", date(2026, 9, 21), date(2027, 3, 19), "420", "120.00"
            ),
            build_assignment(
                "A-5008", "W-1006", "10", "Engagement lead", date(2026, 9, 21), date(2027, 3, 19), "60", "155.00"
            ),
        ),
        time_entries=(
            build_time_entry("T-70041", "W-1007", "10", date(2026, 10, 15), "8", "APPROVED", "L-9007"),
            build_time_entry("T-70042", "W-1007", "10", date(2026, 10, 16), "8", "APPROVED", "L-9007"),
            build_time_entry("T-70043", "W-1006", "10", date(2026, 11, 9), "2.5", "APPROVED"),
            build_time_entry("T-70044", "W-1007", "10", date(2026, 11, 10), "8", "SUBMITTED"),
        ),
        expenses=(
            Expense(
                code="E-6002",
                worker="W-1007",
                category="Travel",
                day=date(2026, 10, 15),
                amount=Decimal("89.90"),
                currency="EUR",
                approval="APPROVED",
                tax=Decimal("8.09"),
            ),
        ),
    ),
    Project(
        code="PRJ-1006",
        name="Emmen pumping review",
        description="A second opinion on the control rooms.",
        customer="C-2006",
        type="CLIENT_BILLABLE",
        status="ACTIVE",
        start=date(2026, 11, 2),
        end=date(2026, 12, 11),
        manager="W-1006",
        entity="NL01",
        currency="EUR",
        service_line="OPS",
        percent_complete=Decimal(0),
        erp_status="ACTIVE",
        dimensions=(("COST_CENTER", "CC-300"), ("SERVICE_LINE", "OPS"), ("LOCATION", "AMS")),
        tasks=(build_task("10", "Review", "NOT_STARTED", date(2026, 11, 2), date(2026, 12, 11), "40"),),
        assignments=(
            build_assignment(
                "A-5009", "W-1006", "10", "Engagement lead", date(2026, 11, 2), date(2026, 12, 11), "40", "155.00"
            ),
        ),
    ),
    Project(
        code="PRJ-1007",
        name="Fuji quality analytics",
        description="Early signs of drift on three lines.",
        customer="C-2007",
        type="CLIENT_BILLABLE",
        status="ACTIVE",
        start=date(2026, 10, 1),
        end=date(2027, 3, 31),
        manager="W-1006",
        entity="NL01",
        currency="JPY",
        service_line="DATA",
        percent_complete=Decimal("0.1"),
        contract="CT-4007",
        opportunity="O-3007",
        erp_status="ACTIVE",
        dimensions=(("COST_CENTER", "CC-300"), ("SERVICE_LINE", "DATA")),
        tasks=(build_task("10", "Models", "IN_PROGRESS", date(2026, 10, 1), date(2027, 2, 26), "500"),),
        assignments=(
            build_assignment(
                "A-5010", "W-1008", "10", "Quality analyst", date(2026, 10, 1), date(2027, 3, 31), "500", "18000"
            ),
        ),
        time_entries=(
            build_time_entry("T-70061", "W-1008", "10", date(2026, 10, 19), "8", "APPROVED", "L-9009"),
            build_time_entry("T-70062", "W-1008", "10", date(2026, 10, 20), "7.5", "APPROVED", "L-9009"),
            build_time_entry("T-70063", "W-1008", "10", date(2026, 11, 16), "6", "APPROVED"),
        ),
        expenses=(
            Expense(
                code="E-6003",
                worker="W-1008",
                category="Lodging",
                day=date(2026, 10, 22),
                amount=Decimal(24000),
                currency="JPY",
                approval="APPROVED",
            ),
        ),
    ),
    Project(
        code="PRJ-1008",
        name="Granite claims triage",
        description="Rules for the first hour of a claim.",
        customer="C-2008",
        type="CLIENT_BILLABLE",
        status="CLOSED",
        start=date(2026, 5, 4),
        end=date(2026, 8, 28),
        manager="W-1001",
        entity="US01",
        currency="USD",
        service_line="OPS",
        percent_complete=Decimal(1),
        contract="CT-4008",
        opportunity="O-3008",
        erp_status="CLOSED",
        dimensions=(("COST_CENTER", "CC-100"), ("SERVICE_LINE", "OPS")),
        tasks=(build_task("10", "Triage", "COMPLETE", date(2026, 5, 4), date(2026, 8, 28), "150"),),
    ),
    Project(
        code="PRJ-1009",
        name="Cobalt trading desk",
        description="A scenario desk for the winter.",
        customer="C-2004",
        type="CLIENT_BILLABLE",
        status="PENDING_SETUP",
        start=date(2026, 12, 1),
        end=date(2027, 5, 31),
        manager="W-1004",
        entity="UK01",
        currency="GBP",
        service_line="CLOUD",
        percent_complete=Decimal(0),
        contract="CT-4009",
        opportunity="O-3009",
        dimensions=(("COST_CENTER", "CC-200"), ("SERVICE_LINE", "CLOUD")),
        tasks=(build_task("10", "Prototype", "NOT_STARTED", date(2026, 12, 1), date(2027, 2, 26), "200"),),
        demands=(
            Demand(
                code="D-7002",
                role="Cloud architect",
                start=date(2026, 12, 1),
                end=date(2027, 5, 31),
                hours=Decimal(300),
                status="OPEN",
                skills=(("CLD", "ADVANCED"),),
                priority="HIGH",
            ),
        ),
    ),
    Project(
        code="PRJ-1010",
        name="Delft warehouse design",
        description="A layout for the new cross dock.",
        customer="C-2005",
        type="CLIENT_BILLABLE",
        status="DELIVERED",
        start=date(2026, 6, 1),
        end=date(2026, 9, 25),
        manager="W-1006",
        entity="NL01",
        currency="EUR",
        service_line="OPS",
        percent_complete=Decimal(1),
        contract="CT-4010",
        opportunity="O-3010",
        erp_status="ACTIVE",
        dimensions=(("COST_CENTER", "CC-300"), ("SERVICE_LINE", "OPS"), ("LOCATION", "AMS")),
        tasks=(build_task("10", "Layout", "COMPLETE", date(2026, 6, 1), date(2026, 9, 25), "64"),),
    ),
)
