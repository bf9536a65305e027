"""The sign-in page: every user of the demo firm, with the requested scopes that the user's role lacks."""

from collections.abc import Iterable
from html import escape

from subgraphs.sandbox.identity_provider.people import Directory, Person

STYLE = """
:root {
  color-scheme: light dark;
  --line: light-dark(#dfe5eb, #3a465b);
  --quiet: light-dark(#5b6b7c, #93a3b5);
  --brand: light-dark(#0b6e8f, #4db8d8);
}
body {
  font: 15px/1.45 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem;
  color: light-dark(#1c2733, #dfe6ee); background: light-dark(#fff, #212a3b);
}
h1 { font-size: 1.3rem; margin: 0 }
p, small { color: var(--quiet) }
form { display: grid; gap: .5rem; margin: 1.2rem 0 }
button {
  padding: .6rem .9rem; font: inherit; text-align: left; color: inherit; background: none;
  border: 1px solid var(--line); border-radius: 8px; cursor: pointer;
}
button:hover { border-color: var(--brand) }
button:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px }
button small { display: block }
code { font-size: .85em }
"""
TEMPLATE = """\
<!doctype html><html lang="en"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title><style>{style}</style></head><body><main>
<h1>Sign in as</h1>
<p>Development identity provider of the demo firm: fictitious users, no passwords.
<code>{client}</code> requests {scope_count}.</p>
<form method="post">{people}</form>
</main></body></html>
"""


def render_sign_in_page(directory: Directory, client_id: str, requested: Iterable[str]) -> str:
    """Return the page; it names the requested scopes that a role lacks and the token will not have."""
    scopes = sorted(requested)
    people = "".join(
        _render_button(person, directory.scopes.get(person.role, frozenset()), scopes)
        for person in directory.people.values()
    )
    scope_count = "1 scope" if len(scopes) == 1 else f"{len(scopes)} scopes" if scopes else "all scopes"
    return TEMPLATE.format(style=STYLE, client=escape(client_id), scope_count=scope_count, people=people)


def _render_button(person: Person, granted: frozenset[str], requested: Iterable[str]) -> str:
    lacking = [scope for scope in requested if scope not in granted]
    without = f" · without {', '.join(lacking)}" if lacking else ""
    return (
        f'<button name="login" value="{escape(person.login)}">{escape(person.name)}'
        f"<small>{escape(person.role)}{escape(without)}</small></button>"
    )
