"""Reference data: maps the raw codes of a system to canonical codes, as an immutable snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import uuid4

from sqlalchemy import delete, insert, select

from gateway.canonical.states import MappingDomain
from gateway.store import tables
from gateway.store.database import Store

FILE, MANUAL = "FILE", "MANUAL"

Row = tuple[str, str, str, str]
"""(domain, connection, source code, canonical code)."""


class CodeMappings:
    """A snapshot of every mapping. An unmapped raw code that is also a canonical code maps to itself."""

    def __init__(self, rows: Iterable[Row], vocabulary: Mapping[MappingDomain, frozenset[str]] | None = None) -> None:
        self._canonical: dict[tuple[str, str, str], str] = {}
        self._sources: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self._vocabulary = vocabulary or {}
        for domain, connection, source, canonical in rows:
            self._canonical[domain, connection, source] = canonical
            self._sources[domain, connection, canonical].append(source)

    def map_code(self, domain: MappingDomain, connection: str, raw: str) -> str | None:
        """Return the canonical code of a raw code; None when it is not mapped.

        Domains without a fixed vocabulary (legal entities, service lines) take an unmapped code as canonical.
        """
        known = self._canonical.get((domain, connection, raw))
        if known is not None:
            return known
        vocabulary = self._vocabulary.get(domain)
        return raw if vocabulary is None or raw in vocabulary else None

    def list_raw_codes(self, domain: MappingDomain, connection: str, canonical: str) -> tuple[str, ...]:
        """Return every raw code that maps to a canonical code, including that code unless it maps to another."""
        known = tuple(self._sources.get((domain, connection, canonical), ()))
        maps_to_itself = self.map_code(domain, connection, canonical) == canonical and canonical not in known
        return (*known, canonical) if maps_to_itself else known


async def store_file_mappings(
    store: Store, tenant: str, connection: str, codes: Mapping[str, Mapping[str, str]]
) -> None:
    """Replace the mappings of a connection's mapping file; mappings made by a person take precedence."""
    rows = [(domain, raw, code) for domain, table in codes.items() for raw, code in table.items()]
    of_connection = (tables.mapping.c.tenant == tenant) & (tables.mapping.c.connection == connection)
    async with store.begin_exclusive(tenant) as writer:
        await writer.execute(delete(tables.mapping).where(of_connection & (tables.mapping.c.origin == FILE)))
        manual = await writer.execute(
            select(tables.mapping.c.domain, tables.mapping.c.source_code).where(of_connection)
        )
        kept = {(row.domain, row.source_code) for row in manual}
        fresh = [
            {
                "id": uuid4(),
                "tenant": tenant,
                "domain": domain,
                "connection": connection,
                "source_code": raw,
                "canonical_code": code,
                "origin": FILE,
            }
            for domain, raw, code in rows
            if (domain, raw) not in kept
        ]
        if fresh:
            await writer.execute(insert(tables.mapping), fresh)


async def load_reference_data(
    store: Store, tenant: str, vocabulary: Mapping[MappingDomain, frozenset[str]] | None = None
) -> CodeMappings:
    """Load a snapshot."""
    columns = tables.mapping.c
    query = select(columns.domain, columns.connection, columns.source_code, columns.canonical_code)
    async with store.connect() as reader:
        rows = (await reader.execute(query.where(columns.tenant == tenant))).all()
    return CodeMappings(((row[0], row[1], row[2], row[3]) for row in rows), vocabulary)
