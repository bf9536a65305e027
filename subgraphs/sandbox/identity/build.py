"""Puts the provider together from a state folder."""

from collections.abc import Mapping
from pathlib import Path

from subgraphs.sandbox.identity.clients import PAGE_CLIENT, Client
from subgraphs.sandbox.identity.keys import client_secret, signing_key
from subgraphs.sandbox.identity.people import Directory
from subgraphs.sandbox.identity.server import Provider
from subgraphs.sandbox.state import make_private_folder

AUDIENCE = "https://graph.psgw.example"


def role_client(role: str) -> str:
    """Return the id of the client that stands for a role."""
    return f"role-{role.replace('_', '-')}"


def build_provider(
    issuer: str, state: Path, scopes: Mapping[str, frozenset[str]], redirects: tuple[str, ...] = ()
) -> Provider:
    """Open the provider; key and secrets are made on first use and kept."""
    make_private_folder(state)
    clients = {
        role_client(role): Client(
            client_id=role_client(role),
            secret=client_secret(state, role_client(role)),
            role=role,
            grants=("client_credentials",),
            scopes=held,
        )
        for role, held in scopes.items()
    }
    everything = frozenset(scope for held in scopes.values() for scope in held)
    clients[PAGE_CLIENT] = Client(
        client_id=PAGE_CLIENT,
        secret=None,
        role=None,
        grants=("authorization_code",),
        scopes=everything,
        redirects=redirects,
    )
    return Provider(
        issuer=issuer,
        audience=AUDIENCE,
        key=signing_key(state),
        directory=Directory(scopes=scopes),
        clients=clients,
    )
