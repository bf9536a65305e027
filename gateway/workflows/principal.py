"""On whose behalf a run acts."""

import msgspec


class Principal(msgspec.Struct, frozen=True):
    """The person or service that started a run or acted on it, with the authority that it had then.

    `actor` is the token's subject; `on_behalf_of` is the person for whom a service acts.
    """

    actor: str
    scopes: tuple[str, ...] = ()
    legal_entities: tuple[str, ...] = ()
    on_behalf_of: str | None = None
