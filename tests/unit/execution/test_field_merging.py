"""Overlapping fields: the same verdict as graphql-core's rule, with work that grows with the document only."""

import pytest
from graphql import build_schema, parse, validate
from graphql.validation import OverlappingFieldsCanBeMergedRule, specified_rules
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.execution.field_merging import FieldMerging

SCHEMA = build_schema("""
    interface Animal { name: String! friend: Animal age(unit: Unit, of: Span): Int }
    type Dog implements Animal { name: String! friend: Dog age(unit: Unit, of: Span): Int barks: [Int!] owner: Person }
    type Cat implements Animal { name: String! friend: Cat age(unit: Unit, of: Span): Int barks: Int owner: Person }
    type Person { name: String pet: Animal pets: [Pet!]! unit: Unit }
    union Pet = Dog | Cat
    enum Unit { YEAR DOG_YEAR }
    input Span { from: Int to: Int }
    type Query { animal: Animal pet: Pet person(id: Int, unit: Unit): Person dog: Dog }
""")
OTHER_RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]

ALIASES = st.sampled_from(["", "", "a: ", "b: ", "name: "])


@st.composite
def draw_documents(draw: st.DrawFn) -> str:
    """Draw a document, valid by construction as far as a generator of text can make it: by types, level by level."""
    fields = {
        "Query": ["animal:Animal", "pet:Pet", "person:Person", "person(id: 1):Person", "dog:Dog"],
        "Animal": ["name", "friend:Animal", "age", "age(unit: YEAR)", "... on Dog:Dog", "... on Cat:Cat"],
        "Dog": ["name", "friend:Dog", "age(unit: YEAR)", "barks", "owner:Person", "... on Animal:Animal"],
        "Cat": [
            "name",
            "friend:Cat",
            "age(of: {from: 1, to: 2})",
            "age(of: {to: 2, from: 1})",
            "barks",
            "owner:Person",
        ],
        "Person": ["name", "unit", "pet:Animal", "pets:Pet"],
        "Pet": ["__typename", "... on Dog:Dog", "... on Cat:Cat", "... on Animal:Animal"],
    }

    def select(kind: str, depth: int) -> str:
        chosen = draw(st.lists(st.sampled_from(fields[kind]), min_size=1, max_size=4))
        return " ".join(render(each, depth) for each in chosen)

    def render(entry: str, depth: int) -> str:
        field, _, kind = entry.rpartition(":") if entry[-1].isalpha() and ":" in entry else (entry, "", "")
        alias = "" if field.startswith("...") else draw(ALIASES)
        if not kind:
            return f"{alias}{field}"
        return f"{alias}{field} {{ {select(kind, depth - 1) if depth else '__typename'} }}"

    shared = select("Dog", 1)
    spread = draw(st.booleans())
    extra = "dog { ...F } animal { ... on Dog { ...F } }" if spread else ""
    fragment = f"fragment F on Dog {{ {shared} }}" if spread else ""
    return f"{{ {select('Query', 3)} {extra} }} {fragment}"


@given(draw_documents())
def test_the_verdict_is_that_of_the_rule_of_graphql_core(text: str) -> None:
    document = parse(text)
    assume(not validate(SCHEMA, document, OTHER_RULES))

    expected = validate(SCHEMA, document, [OverlappingFieldsCanBeMergedRule])

    assert bool(FieldMerging(SCHEMA, document).find_conflicts()) == bool(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{ a: dog { name } a: animal { name } }",
            "Fields 'a' conflict because 'dog' and 'animal' are different fields.",
        ),
        (
            "{ person(id: 1) { name } person { name } }",
            "Fields 'person' conflict because they have differing arguments.",
        ),
        (
            "{ pet { ... on Dog { barks } ... on Cat { barks } } }",
            "Fields 'barks' conflict because they return conflicting types '[Int!]' and 'Int'.",
        ),
    ],
)
def test_a_conflict_names_the_fields_and_the_reason(text: str, message: str) -> None:
    (error,) = FieldMerging(SCHEMA, parse(text)).find_conflicts()

    assert error.message == f"{message} Use different aliases to fetch both."
    assert error.locations is not None
    assert len(error.locations) == 2


def test_fields_of_different_object_types_may_share_an_alias() -> None:
    text = "{ pet { ... on Dog { a: name } ... on Cat { a: name } } animal { ... on Dog { a: owner { name } } } }"

    assert FieldMerging(SCHEMA, parse(text)).find_conflicts() == []


@pytest.mark.parametrize("count", [100, 200, 400])
def test_repeated_fields_are_visited_once_each(count: int) -> None:
    check = FieldMerging(SCHEMA, parse("{" + "dog { friend { name } } " * count + "}"))

    assert check.find_conflicts() == []
    assert check.visits == 3 * count


def test_the_work_is_limited_where_interfaces_multiply_it() -> None:
    body = "name"
    for level in range(12):
        body = f"... on Dog {{ friend {{ {body} }} }} ... on Cat {{ friend {{ a{level}: name }} }} friend {{ {body} }}"
    check = FieldMerging(SCHEMA, parse(f"{{ animal {{ {body} }} }}"), max_visits=1000)

    (error,) = check.find_conflicts()

    assert error.extensions == {"code": "LIMIT_EXCEEDED"}
    assert check.visits == 1001
