"""The verifiers of the twins: third-party clients and the vendors' documents, each run against its vendor's twin."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from tests.clients.client_runs import HERE, ClientRun, run_client
from tests.clients.kantata.documents import Exchange as Kantata
from tests.clients.netsuite.account import serve_account
from tests.clients.productive.documents import Exchange as Productive
from tests.clients.productive.organization import serve_organization
from tests.clients.salesforce.org import build_org_server
from tests.clients.schema_verifier import build_schema_verifier
from tests.clients.workday.documents import Exchange as Workday
from tests.clients.workday.tenant import serve_tenant

Verifier = Callable[[], Awaitable[ClientRun]]

_SALESFORCE: Final = HERE / "salesforce"
_BLOCKING: Final = frozenset({"Account"})

VERIFIERS: Final[Mapping[str, Verifier]] = {
    "salesforce/simple-salesforce": partial(
        run_client, _SALESFORCE / "simple-salesforce", build_org_server(batch=3, duplicate_rules=_BLOCKING)
    ),
    "salesforce/aiosalesforce": partial(
        run_client,
        _SALESFORCE / "aiosalesforce",
        # The only spelling that this client reads; the others read the one that most orgs send.
        build_org_server(batch=3, duplicate_rules=_BLOCKING, duplicate_spelling="duplicateResult"),
    ),
    "salesforce/jsforce": partial(
        run_client, _SALESFORCE / "jsforce", build_org_server(batch=3, duplicate_rules=_BLOCKING)
    ),
    "salesforce/sf-toolkit": partial(run_client, _SALESFORCE / "sf-toolkit", build_org_server(batch=3)),
    "netsuite/netsuite": partial(run_client, HERE / "netsuite" / "netsuite", serve_account),
    "netsuite/netsuite-rest": partial(run_client, HERE / "netsuite" / "netsuite-rest", serve_account),
    "netsuite/netsuite-sdk": partial(run_client, HERE / "netsuite" / "netsuite-sdk", serve_account),
    "kantata/schema": build_schema_verifier("kantata", Kantata.from_passed),
    "productive/productive-client-api": partial(
        run_client, HERE / "productive" / "productive-client-api", serve_organization
    ),
    "productive/schema": build_schema_verifier("productive", Productive.from_passed),
    "workday/schema": build_schema_verifier("workday", Workday.from_recorded),
    "workday/wdsdk": partial(run_client, HERE / "workday" / "wdsdk", serve_tenant),
}
"""Verifiers by vendor and name, as in the table of calls."""
