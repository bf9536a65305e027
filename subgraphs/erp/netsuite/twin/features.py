"""Features of an account, with the tables and columns that exist only with them."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from subgraphs.erp.netsuite.twin.tables import TABLES


class Feature(StrEnum):
    """A feature that an account may lack."""

    ONE_WORLD = "OneWorld"
    SUITE_TAX = "SuiteTax"
    MULTI_CURRENCY = "Multiple Currencies"
    PROJECTS = "Projects"
    TIME = "Time Tracking"


FEATURE_TABLES: Mapping[Feature, Sequence[str]] = {
    Feature.ONE_WORLD: ("subsidiary", "customersubsidiaryrelationship", "subsidiarytaxregistration"),
    Feature.SUITE_TAX: ("transactiontaxdetail", "taxtype", "subsidiarytaxregistration"),
    Feature.MULTI_CURRENCY: ("currency", "currencyrate"),
    Feature.PROJECTS: ("job",),
    Feature.TIME: ("timebill",),
}
_COLUMNS: Mapping[Feature, Sequence[str]] = {
    Feature.ONE_WORLD: ("subsidiary",),
    Feature.MULTI_CURRENCY: ("currency", "exchangerate"),
}


def list_columns(feature: Feature) -> Iterator[tuple[str, str]]:
    """Yield the (table, column) pairs of other tables that exist only with a feature."""
    for table in TABLES:
        for column in table.columns:
            if column.name in _COLUMNS.get(feature, ()) and table.name not in FEATURE_TABLES[feature]:
                yield table.name, column.name
