"""Parameters accept what the functions understand, take effect, and are documented."""

from __future__ import annotations

import re

import pytest

from deployment.parameter_table import PAGE, render, updated
from handler.settings import read_settings
from tests.template.cloudformation import Stack
from tests.template.transformed import PARAMETERS, TEMPLATE, of_type

HASH = "0123456789abcdef" * 4
KEY_LISTS = {
    "": True,
    HASH: True,
    f"alice:{HASH}": True,
    f"alice:{HASH},{HASH},b.o-b_:{HASH}": True,
    "sk-a-key-and-not-its-hash": False,
    HASH.upper(): True,
    HASH[1:]: False,
    f"{HASH},": False,
    f"{HASH};{HASH}": False,
    f"al ice:{HASH}": False,
    f":{HASH}": False,
    f"{'a' * 33}:{HASH}": False,
}
PREFIXES = {"": True, "manuals/": True, "a b/": False, "a*": False, "a?": False, "${x}": False}


@pytest.mark.parametrize(("value", "accepted"), KEY_LISTS.items())
def test_the_functions_understand_every_list_of_hashes_that_is_accepted(
    value: str, accepted: bool
) -> None:
    assert bool(re.fullmatch(PARAMETERS["ApiKeyHashes"]["AllowedPattern"], value)) == accepted
    if accepted:
        assert len(read_settings({"API_KEY_HASHES": value}).key_hashes) == value.lower().count(HASH)


def test_hashes_are_not_shown() -> None:
    assert PARAMETERS["ApiKeyHashes"]["NoEcho"] is True


@pytest.mark.parametrize(("prefix", "accepted"), PREFIXES.items())
def test_a_prefix_cannot_widen_the_roles_permission(prefix: str, accepted: bool) -> None:
    assert bool(re.fullmatch(PARAMETERS["DocumentPrefix"]["AllowedPattern"], prefix)) == accepted


@pytest.mark.parametrize(
    ("parameters", "accepted"),
    [
        ({}, False),
        ({"ApiKeyHashes": HASH}, True),
        ({"AllowAnonymous": "true"}, True),
        ({"AllowAnonymous": "false"}, False),
    ],
)
def test_an_endpoint_without_keys_must_be_asked_for(
    parameters: dict[str, str], accepted: bool
) -> None:
    (assertion,) = TEMPLATE["Rules"]["KeysOrAnonymous"]["Assertions"]
    assert Stack(TEMPLATE, **parameters).holds(assertion["Assert"]) == accepted


def test_a_new_value_of_any_parameter_makes_a_new_version() -> None:
    """CloudFormation publishes a new version only if the description is new."""
    function = TEMPLATE["Resources"]["ApiFunction"]["Properties"]
    description = set(re.findall(r"\$\{(\w+)\}", function["VersionDescription"]["Fn::Sub"]))
    settled = {name: function[name] for name in function if name not in ("Events", "Role")}
    used = set(re.findall(r"'Ref': '(\w+)'", str(settled))) & set(PARAMETERS)
    # Two are too long for a description (they have Revision), and versions lack the other two.
    beside = {"ApiKeyHashes", "CorsAllowOrigins", "ReservedConcurrency", "DeploymentType"}
    assert used - beside <= description
    # Conditions and Globals stand for these.
    assert {"Architecture", "Ingestion", "Metrics", "Revision", "Tracing"} <= description


def test_the_longest_values_fit_into_the_versions_description() -> None:
    longest = {
        name: max(len(str(value)) for value in one.get("AllowedValues", [one.get("MaxValue", 0)]))
        for name, one in PARAMETERS.items()
    }
    longest |= {"Revision": 40, "ProvisionedConcurrency": 6}
    values = {name: "x" * length for name, length in longest.items()}
    (version,) = of_type("Lambda::Version", **values).values()
    assert len(version["Description"]) <= 256


def test_every_parameter_is_in_one_group_and_in_its_order() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert [name for group in groups for name in group["Parameters"]] == list(PARAMETERS)


def test_every_description_is_a_sentence_that_a_table_can_hold() -> None:
    for name, parameter in PARAMETERS.items():
        assert re.fullmatch(r"[^|\n]+\.", parameter["Description"]), name


def test_the_table_in_the_docs_is_up_to_date() -> None:
    page = PAGE.read_text()
    assert updated(page, render(TEMPLATE)) == page, "run `make docs`"


def test_a_page_without_the_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the line <!-- parameters"):
        updated("# Deploying\n", render(TEMPLATE))


@pytest.mark.parametrize(("parameters", "page"), [({}, False), ({"Page": "true"}, True)])
def test_a_page_for_browsers_must_be_asked_for(parameters: dict[str, str], page: bool) -> None:
    (variables,) = (
        one["Environment"]["Variables"]
        for one in of_type("Lambda::Function", **parameters).values()
        if "PAGE" in one["Environment"]["Variables"]
    )
    assert read_settings({"PAGE": variables["PAGE"]}).page is page
