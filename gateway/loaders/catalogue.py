"""All loaders of the graph, by name."""

from collections.abc import Mapping

from gateway.loaders.availability import AVAILABILITY
from gateway.loaders.cards import CARD_LOADERS
from gateway.loaders.children import CHILD_LOADERS, PAYMENTS
from gateway.loaders.declaration import Loader
from gateway.loaders.expenses import EXPENSES
from gateway.loaders.finance import FINANCE_LOADERS
from gateway.loaders.records import RECORD_LOADERS
from gateway.loaders.time_entries import TIME_LOADERS

LOADERS: Mapping[str, Loader] = {
    loader.name: loader
    for loader in (
        *CARD_LOADERS,
        *RECORD_LOADERS,
        *CHILD_LOADERS,
        *TIME_LOADERS,
        *FINANCE_LOADERS,
        AVAILABILITY,
        EXPENSES,
        PAYMENTS,
    )
}
