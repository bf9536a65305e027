"""Arguments are part of a load key: arguments with the same meaning are equal."""

from gateway.loaders.arguments import NO_ARGS, FrozenArgs


def test_null_and_absent_mean_the_same_at_every_depth():
    assert FrozenArgs({"first": 1, "after": None}) == FrozenArgs({"first": 1})
    assert FrozenArgs({"filter": {"status": ["A"], "billable": None}}) == FrozenArgs({"filter": {"status": ["A"]}})
    assert FrozenArgs({"after": None}) == NO_ARGS


def test_the_order_of_names_is_ignored_and_the_order_of_lists_is_not():
    assert FrozenArgs({"a": 1, "b": {"c": 1, "d": 2}}) == FrozenArgs({"b": {"d": 2, "c": 1}, "a": 1})
    assert hash(FrozenArgs({"a": 1, "b": 2})) == hash(FrozenArgs({"b": 2, "a": 1}))
    assert FrozenArgs({"a": ["x", "y"]}) != FrozenArgs({"a": ["y", "x"]})


def test_false_is_a_value_and_not_null():
    assert FrozenArgs({"billable": False}) != NO_ARGS
    assert FrozenArgs({"billable": False}).value == {"billable": False}


def test_a_loader_gets_plain_dicts_and_lists():
    frozen = FrozenArgs({"filter": {"status": ["A", {"b": None, "c": 1}]}})
    assert frozen.value == {"filter": {"status": ["A", {"c": 1}]}}
