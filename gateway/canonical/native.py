"""The ids that systems give their own records."""

from typing import NamedTuple


class NativeId(NamedTuple):
    """One record of one object type behind one configured connection, e.g. ("netsuite-main", "invoice", "1042").

    `connection` is the configured name, unique in the deployment; `object_type` is the vendor's own name of the type.
    """

    connection: str
    object_type: str
    id: str

    def __str__(self) -> str:
        return f"{self.connection}/{self.object_type}/{self.id}"
