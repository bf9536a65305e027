"""Who judges the twins: foreign clients and vendors' own documents. Each is run against the system of its vendor, at most once a session."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from tests.clients.driving import HERE, Ran, run
from tests.clients.kantata.documents import Exchange as Kantata
from tests.clients.netsuite.account import account
from tests.clients.productive.documents import Exchange as Productive
from tests.clients.productive.organization import organization
from tests.clients.reading import documented
from tests.clients.salesforce.org import org
from tests.clients.workday.documents import Exchange as Workday
from tests.clients.workday.tenant import tenant

Judge = Callable[[], Awaitable[Ran]]

_SALESFORCE: Final = HERE / "salesforce"
_BLOCKING: Final = frozenset({"Account"})

JUDGES: Final[Mapping[str, Judge]] = {
    "salesforce/simple-salesforce": partial(
        run, _SALESFORCE / "simple-salesforce", org(batch=3, duplicate_rules=_BLOCKING)
    ),
    "salesforce/aiosalesforce": partial(
        run,
        _SALESFORCE / "aiosalesforce",
        # The only spelling that it reads; the others read what most orgs send.
        org(batch=3, duplicate_rules=_BLOCKING, duplicate_spelling="duplicateResult"),
    ),
    "salesforce/jsforce": partial(run, _SALESFORCE / "jsforce", org(batch=3, duplicate_rules=_BLOCKING)),
    "salesforce/sf-toolkit": partial(run, _SALESFORCE / "sf-toolkit", org(batch=3)),
    "netsuite/netsuite": partial(run, HERE / "netsuite" / "netsuite", account),
    "netsuite/netsuite-rest": partial(run, HERE / "netsuite" / "netsuite-rest", account),
    "netsuite/netsuite-sdk": partial(run, HERE / "netsuite" / "netsuite-sdk", account),
    "kantata/schema": documented("kantata", Kantata.of),
    "productive/productive-client-api": partial(run, HERE / "productive" / "productive-client-api", organization),
    "productive/schema": documented("productive", Productive.of),
    "workday/schema": documented("workday", Workday.of),
    "workday/wdsdk": partial(run, HERE / "workday" / "wdsdk", tenant),
}
"""By vendor and name, as the table of calls spells them."""
