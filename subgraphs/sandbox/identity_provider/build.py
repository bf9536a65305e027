"""Build the identity provider from a state folder."""

from collections.abc import Mapping
from pathlib import Path

from subgraphs.sandbox.identity_provider.clients import PAGE_CLIENT, Client
from subgraphs.sandbox.identity_provider.keys import load_client_secret, load_signing_key
from subgraphs.sandbox.identity_provider.people import Directory
from subgraphs.sandbox.identity_provider.server import Provider
from subgraphs.sandbox.state import make_private_folder

AUDIENCE = "https://graph.psgw.example"


def get_role_client_id(role: str) -> str:
    """Return the client id of a role."""
    return f"role-{role.replace('_', '-')}"


def build_provider(
    issuer: str, state: Path, scopes: Mapping[str, frozenset[str]], redirects: tuple[str, ...] = ()
) -> Provider:
    """Build the provider; its key and secrets are generated on first use and stored in `state`."""
    make_private_folder(state)
    clients = {
        get_role_client_id(role): Client(
            client_id=get_role_client_id(role),
            secret=load_client_secret(state, get_role_client_id(role)),
            role=role,
            grants=("client_credentials",),
            scopes=role_scopes,
        )
        for role, role_scopes in scopes.items()
    }
    all_scopes = frozenset(scope for role_scopes in scopes.values() for scope in role_scopes)
    clients[PAGE_CLIENT] = Client(
        client_id=PAGE_CLIENT,
        secret=None,
        role=None,
        grants=("authorization_code",),
        scopes=all_scopes,
        redirects=redirects,
    )
    return Provider(
        issuer=issuer,
        audience=AUDIENCE,
        key=load_signing_key(state),
        directory=Directory(scopes=scopes),
        clients=clients,
    )
