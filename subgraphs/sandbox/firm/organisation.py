"""The small firm's legal entities, rates and dimensions."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from subgraphs.sandbox.firm.model import Dimension, DimensionValue, Entity, Period, Rate


def _build_periods() -> tuple[Period, ...]:
    """Return the months of 2026: January to September are closed, the others open."""
    starts = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]
    return tuple(
        Period(
            name=f"{start:%Y-%m}",
            start=start,
            end=following - timedelta(days=1),
            status="CLOSED" if start.month <= 9 else "OPEN",
        )
        for start, following in pairwise(starts)
    )


ENTITIES = (
    Entity(
        code="US01",
        name="Meridian Advisory Inc",
        country="US",
        currency="USD",
        time_zone="America/New_York",
        region="US",
        tax_number="98-7654321",
        tax_from=date(2014, 1, 1),
        periods=_build_periods(),
    ),
    Entity(
        code="UK01",
        name="Meridian Advisory Ltd",
        country="GB",
        currency="GBP",
        time_zone="Europe/London",
        region="UK",
        tax_number="GB123456789",
        tax_from=date(2015, 4, 1),
        parent="US01",
        periods=_build_periods(),
    ),
    Entity(
        code="NL01",
        name="Meridian Advisory B.V.",
        country="NL",
        currency="EUR",
        time_zone="Europe/Amsterdam",
        region="EU",
        tax_number="NL123456789B01",
        tax_from=date(2016, 1, 1),
        tax_until=date(2030, 12, 31),
        parent="US01",
        periods=_build_periods(),
    ),
)


def _build_rates(effective: date, pairs: dict[tuple[str, str], str]) -> tuple[Rate, ...]:
    return tuple(
        Rate(source=source, target=target, rate=Decimal(rate), effective=effective)
        for (source, target), rate in pairs.items()
    )


RATES = _build_rates(
    date(2026, 1, 1),
    {
        ("EUR", "USD"): "1.25",
        ("USD", "EUR"): "0.8",
        ("GBP", "USD"): "1.6",
        ("USD", "GBP"): "0.625",
        ("JPY", "USD"): "0.0064",
        ("USD", "JPY"): "156.25",
        ("GBP", "EUR"): "1.28",
        ("EUR", "GBP"): "0.78125",
        ("JPY", "EUR"): "0.00512",
        ("EUR", "JPY"): "195.3125",
        ("JPY", "GBP"): "0.004",
        ("GBP", "JPY"): "250",
    },
) + _build_rates(
    date(2026, 11, 1),
    {
        ("EUR", "USD"): "1.28",
        ("USD", "EUR"): "0.78125",
        ("GBP", "USD"): "1.5625",
        ("USD", "GBP"): "0.64",
        ("JPY", "USD"): "0.00625",
        ("USD", "JPY"): "160",
        ("GBP", "EUR"): "1.220703125",
        ("EUR", "GBP"): "0.8192",
        ("JPY", "EUR"): "0.0048828125",
        ("EUR", "JPY"): "204.8",
        ("JPY", "GBP"): "0.004",
        ("GBP", "JPY"): "250",
    },
)

DIMENSIONS = (
    Dimension(
        code="COST_CENTER",
        name="Cost centre",
        kind="COST_CENTER",
        required_on=("PROJECT", "RESOURCE"),
        values=(
            DimensionValue(code="CC-100", name="US delivery"),
            DimensionValue(code="CC-200", name="UK delivery"),
            DimensionValue(code="CC-300", name="NL delivery", valid_from=date(2016, 1, 1)),
            DimensionValue(code="CC-900", name="Former practice", active=False, valid_to=date(2025, 12, 31)),
        ),
    ),
    Dimension(
        code="SERVICE_LINE",
        name="Service line",
        kind="SERVICE_LINE",
        required_on=("PROJECT", "TIME_ENTRY"),
        values=(
            DimensionValue(code="STRAT", name="Strategy"),
            DimensionValue(code="DATA", name="Data and AI"),
            DimensionValue(code="CLOUD", name="Cloud engineering"),
            DimensionValue(code="OPS", name="Operations"),
        ),
    ),
    Dimension(
        code="LOCATION",
        name="Location",
        kind="LOCATION",
        required_on=(),
        values=(
            DimensionValue(code="NYC", name="New York"),
            DimensionValue(code="LON", name="London"),
            DimensionValue(code="AMS", name="Amsterdam"),
        ),
    ),
)
