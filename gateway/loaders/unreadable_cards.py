"""What lists of cards lack because a change feed could not read a record or a value."""

from collections.abc import Iterator, Sequence

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.roles import Noun
from gateway.identity.description import get_feed_noun, list_column_attributes
from gateway.identity.filters import CardFilter, CardOrder
from gateway.loaders.sources import Sources


def build_list_faults(sources: Sources, noun: Noun, where: CardFilter, order: CardOrder) -> tuple[Fault, ...]:
    """Return a fault per object and field: records that the list lacks, and values that its filter or order needs.

    The faults name no id: the caller may not see the record.
    """
    if not sources.unreadable:
        return ()
    columns = [name for name in CardFilter.__struct_fields__ if getattr(where, name) is not None] + [order.column]
    return tuple(dict.fromkeys(_build_faults(sources, noun, columns)))


def _build_faults(sources: Sources, noun: Noun, columns: Sequence[str]) -> Iterator[Fault]:
    for each in sources.unreadable:
        concerned = each.lost or each.attribute in list_column_attributes(each.feed, columns)
        if not concerned or get_feed_noun(each.feed) is not noun or each.connection not in sources.ports:
            continue
        system = sources.ports[each.connection].role
        place = each.object + (f", {each.field}" if each.field else "")
        yield Fault(
            system=system,
            code=FaultCode.CONTRACT_MISMATCH,
            message=f"The {system.value} sent a record that cannot be read; this list may lack it: {place}.",
            correlation_id=sources.correlation_id,
            connection=each.connection,
            object=each.object,
            field=each.field,
        )
