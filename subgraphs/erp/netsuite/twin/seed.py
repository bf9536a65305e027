"""Fills an account with the master data of a firm; `seed_transactions.py` adds the transactions.

Ids follow the order of the firm's data, so they are stable.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from subgraphs.erp.netsuite.twin.store import Store, Value, format_instant
from subgraphs.sandbox.firm.model import Customer, Entity, Firm, Project, Worker

JOB_STATUS = {
    "CLOSED": 1,
    "ACTIVE": 2,
    "PENDING_SETUP": 4,
    "DRAFT": 5,
    "ON_HOLD": 71,
    "DELIVERED": 72,
    "CLOSING": 73,
    "CANCELLED": 74,
    "SETUP_EXCEPTION": 75,
}
CUSTOMER_STATUS = {"PROSPECT": 7, "ACTIVE": 13, "ON_HOLD": 81, "INACTIVE": 82, "MERGED": 83}
SEGMENTS = {"COST_CENTER": "department", "SERVICE_LINE": "classification", "LOCATION": "location"}
ITEMS = {
    "TIME": "Consulting time",
    "EXPENSE": "Billable expense",
    "MILESTONE": "Milestone",
    "FIXED_FEE": "Fixed fee",
    "RETAINER": "Retainer",
    "DISCOUNT": "Discount",
    "ADJUSTMENT": "Adjustment",
}


class ModificationClock:
    """Generates the modification times of seeded rows: a second apart, from ten days before the firm's present day."""

    def __init__(self, today: date) -> None:
        self._at = datetime.combine(today - timedelta(days=10), time(6), UTC)

    def tick(self) -> str:
        """Advance the clock by a second and return its time."""
        self._at += timedelta(seconds=1)
        return format_instant(self._at)


class MasterDataSeeder:
    """Writes the master data of one firm and keeps the assigned ids by business code."""

    def __init__(self, store: Store, firm: Firm) -> None:
        self.store = store
        self.firm = firm
        self.clock = ModificationClock(firm.today)
        self.currencies: dict[str, int] = {}
        self.entities: dict[str, int] = {}
        self.nexuses: dict[str, int] = {}
        self.segments: dict[tuple[str, str], int] = {}
        self.terms: dict[str, int] = {}
        self.items: dict[str, int] = {}
        self.customers: dict[str, int] = {}
        self.workers: dict[str, int] = {}
        self.contracts: dict[str, int] = {}
        self.jobs: dict[str, int] = {}

    def seed_master_data(self) -> None:
        """Write all master data."""
        self._insert_lists()
        for entity in self.firm.entities:
            self._insert_subsidiary(entity)
        self._link_parents("subsidiary", self.entities, {entity.code: entity.parent for entity in self.firm.entities})
        self._insert_periods()
        self._insert_rates()
        customers = [customer for customer in self.firm.customers if "ERP" not in customer.absent_from]
        for customer in customers:
            self._insert_customer(customer)
        parents = {customer.number: customer.erp_parent or customer.parent for customer in customers}
        self._link_parents("customer", self.customers, parents)
        for worker in self.firm.workers:
            self._insert_employee(worker)
        managers = {worker.number: worker.manager for worker in self.firm.workers}
        self._link_parents("employee", self.workers, managers, column="supervisor")
        self._insert_contracts()
        for project in self.firm.projects:
            if project.erp_status is not None:
                self._insert_job(project, project.erp_status)

    def _link_parents(
        self, table: str, ids: Mapping[str, int], parents: Mapping[str, str | None], column: str = "parent"
    ) -> None:
        for code, parent in parents.items():
            if parent is not None:
                self.store.update(table, ids[code], {column: ids[parent]})

    def _insert_lists(self) -> None:
        store, firm = self.store, self.firm
        currencies = [each.currency for each in firm.entities] + [each.currency for each in firm.customers]
        for code in dict.fromkeys(currencies):
            self.currencies[code] = store.insert(
                "currency", {"name": code, "symbol": code, "currencyprecision": 0 if code == "JPY" else 2}
            )
        store.insert("fiscalcalendar", {"name": "Calendar year", "fiscalmonth": "JAN"})
        for country in dict.fromkeys(entity.country for entity in firm.entities):
            self.nexuses[country] = store.insert("nexus", {"country": country, "description": country})
        for name in ("VAT", "GST", "SALES", "USE", "WITHHOLDING"):
            store.insert("taxtype", {"name": name})
        for customer in firm.customers:
            if customer.terms_code not in self.terms:
                self.terms[customer.terms_code] = store.insert(
                    "term",
                    {
                        "name": customer.terms_code,
                        "daysuntilnetdue": customer.terms_days,
                        "discountpercent": customer.discount_percent,
                        "daysuntilexpiry": customer.discount_days,
                    },
                )
        for word, key in {**JOB_STATUS, **CUSTOMER_STATUS}.items():
            store.insert("entitystatus", {"key": key, "name": word.replace("_", " ").capitalize()}, key="key")
        for kind, name in ITEMS.items():
            self.items[kind] = store.insert("item", {"itemid": name, "displayname": name})
        for dimension in firm.dimensions:
            for value in dimension.values:
                row: dict[str, Value] = {
                    "name": value.name,
                    "externalid": value.code,
                    "isinactive": "F" if value.active else "T",
                    "custrecord_ps_valid_from": _format_day(value.valid_from),
                    "custrecord_ps_valid_to": _format_day(value.valid_to),
                }
                self.segments[dimension.code, value.code] = store.insert(SEGMENTS[dimension.code], row)

    def _insert_subsidiary(self, entity: Entity) -> None:
        id_ = self.entities[entity.code] = self.store.insert(
            "subsidiary",
            {
                "name": entity.name,
                "externalid": entity.code,
                "country": entity.country,
                "currency": self.currencies[entity.currency],
                "fiscalcalendar": 1,
                "isinactive": "F",
                "lastmodifieddate": self.clock.tick(),
                "custrecord_ps_region": entity.region,
                "custrecord_ps_time_zone": entity.time_zone,
            },
        )
        registration: dict[str, Value] = {
            "subsidiary": id_,
            "nexus": self.nexuses[entity.country],
            "taxregistrationnumber": entity.tax_number,
            "effectivefrom": _format_day(entity.tax_from),
            "validuntil": _format_day(entity.tax_until),
        }
        self.store.insert("subsidiarytaxregistration", registration)

    def _insert_periods(self) -> None:
        periods = {period.name: period for entity in self.firm.entities for period in entity.periods}
        for period in periods.values():
            closed = period.status == "CLOSED"
            self.store.insert(
                "accountingperiod",
                {
                    "periodname": period.name,
                    "startdate": period.start.isoformat(),
                    "enddate": period.end.isoformat(),
                    "closed": "T" if closed else "F",
                    "alllocked": "F" if period.status == "OPEN" else "T",
                    "arlocked": "F" if period.status == "OPEN" else "T",
                    "isyear": "F",
                    "isquarter": "F",
                    "isadjust": "F",
                    "closedondate": f"{period.end + timedelta(days=10):%Y-%m-%d}T18:00:00Z" if closed else None,
                },
            )

    def _insert_rates(self) -> None:
        for rate in self.firm.rates:
            if {rate.source, rate.target} <= self.currencies.keys():
                self.store.insert(
                    "currencyrate",
                    {
                        "transactioncurrency": self.currencies[rate.source],
                        "basecurrency": self.currencies[rate.target],
                        "exchangerate": rate.rate,
                        "effectivedate": rate.effective.isoformat(),
                        "lastmodifieddate": self.clock.tick(),
                    },
                )

    def _insert_employee(self, worker: Worker) -> None:
        first, _, last = worker.name.partition(" ")
        self.workers[worker.number] = self.store.insert(
            "employee",
            {
                "entityid": worker.number,
                "externalid": worker.number,
                "firstname": first,
                "lastname": last,
                "email": worker.email,
                "subsidiary": self.entities[worker.entity],
                "department": self.segments.get(("COST_CENTER", worker.cost_center)),
                "laborcost": worker.cost_rate,
                "title": worker.job_title,
                "hiredate": worker.hire_date.isoformat(),
                "isinactive": "F" if worker.termination_date is None else "T",
                "lastmodifieddate": self.clock.tick(),
            },
        )

    def _insert_customer(self, customer: Customer) -> None:
        address = self.store.insert(
            "entityaddress",
            {
                "addr1": customer.street,
                "addr2": customer.suite,
                "city": customer.city,
                "state": customer.state,
                "zip": customer.postal_code,
                "country": customer.country,
            },
            key="nkey",
        )
        id_ = self.customers[customer.number] = self.store.insert(
            "customer",
            {
                "entityid": customer.number,
                "companyname": customer.name,
                "altname": customer.name,
                "externalid": customer.number,
                "subsidiary": self.entities[customer.entity],
                "currency": self.currencies[customer.currency],
                "entitystatus": CUSTOMER_STATUS[customer.status],
                "terms": self.terms[customer.terms_code],
                "creditlimit": customer.credit_limit,
                "creditholdoverride": "ON" if customer.credit_hold else "OFF",
                "vatregnumber": customer.tax_id,
                "defaultbillingaddress": address,
                "defaultshippingaddress": address,
                "isinactive": "F",
                "lastmodifieddate": self.clock.tick(),
                "custentity_ps_legal_name": customer.legal_name,
                "custentity_ps_tax_complete": "T" if customer.tax_complete else "F",
                "custentity_ps_tax_treatment": customer.tax_treatment,
                "custentity_ps_exempt_until": _format_day(customer.exempt_until),
                "custentity_ps_reverse_charge": "T" if customer.tax_treatment == "REVERSE_CHARGE" else "F",
                "custentity_ps_cost_center": self._find_cost_center(customer),
            },
        )
        if customer.tax_id is not None:
            self.store.insert(
                "customertaxregistration",
                {
                    "customer": id_,
                    "nexus": self._find_nexus(customer.country),
                    "taxregistrationnumber": customer.tax_id,
                },
            )
        relation: dict[str, Value] = {"entity": id_, "subsidiary": self.entities[customer.entity], "isprimarysub": "T"}
        self.store.insert("customersubsidiaryrelationship", relation)

    def _find_nexus(self, country: str) -> int:
        if country not in self.nexuses:
            self.nexuses[country] = self.store.insert("nexus", {"country": country, "description": country})
        return self.nexuses[country]

    def _find_cost_center(self, customer: Customer) -> int | None:
        """Return the cost centre of the customer's selling entity: that of its first worker."""
        centers = (worker.cost_center for worker in self.firm.workers if worker.entity == customer.entity)
        return self.segments.get(("COST_CENTER", next(centers, "")))

    def _insert_contracts(self) -> None:
        for contract in self.firm.contracts:
            self.contracts[contract.number] = self.store.insert(
                "customrecord_ps_contract",
                {
                    "name": contract.number,
                    "externalid": contract.number,
                    "custrecord_ps_title": contract.title,
                    "custrecord_ps_type": contract.type,
                    "custrecord_ps_status": contract.status,
                    "custrecord_ps_customer": self.customers[contract.customer],
                    "custrecord_ps_subsidiary": self.entities[contract.entity],
                    "custrecord_ps_currency": self.currencies[contract.currency],
                    "custrecord_ps_total": contract.total,
                    "custrecord_ps_purchase_order": contract.purchase_order,
                    "isinactive": "F",
                    "lastmodified": self.clock.tick(),
                },
            )

    def _insert_job(self, project: Project, status: str) -> None:
        values = {code: self.segments.get((code, value)) for code, value in project.dimensions}
        self.jobs[project.code] = self.store.insert(
            "job",
            {
                "entityid": project.code,
                "companyname": project.name,
                "externalid": project.code,
                "parent": self.customers[project.customer],
                "subsidiary": self.entities[project.entity],
                "currency": self.currencies[project.currency],
                "entitystatus": JOB_STATUS[status],
                "startdate": project.start.isoformat(),
                "projectedenddate": project.end.isoformat(),
                "projectexpensetype": "-2",
                "isinactive": "F",
                "lastmodifieddate": self.clock.tick(),
                "custentity_ps_cost_center": values.get("COST_CENTER"),
                "custentity_ps_service_line": values.get("SERVICE_LINE"),
                "custentity_ps_location": values.get("LOCATION"),
            },
        )

    def find_rate(self, source: str, target: str, on: date) -> Decimal:
        """Return the exchange rate of a day; 1 for equal currencies and if the firm has no rate."""
        rates = [
            rate for rate in self.firm.rates if (rate.source, rate.target) == (source, target) and rate.effective <= on
        ]
        return max(rates, key=lambda rate: rate.effective).rate if rates and source != target else Decimal(1)


def _format_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
