"""template.yaml, as SAM transforms it: what would be deployed is wired and allowed as it should be.

Nothing is deployed here; AWS itself is what these tests cannot ask.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from handler.settings import read_settings
from tests.conftest import ROOT

TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
HASH = "0123456789abcdef" * 4


class NoPolicies(ManagedPolicyLoader):
    """AWS's managed policies; the template names none, so none need be asked for."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """What SAM makes of the template. (Conditions and parameters are left to CloudFormation.)"""
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for name in ("ApiFunction", "IngestFunction"):
        # `sam deploy` sets it to the image it has pushed.
        template["Resources"][name]["Properties"]["ImageUri"] = "123.dkr.ecr/minilm:tag"
    with patch.object(boto3.session.Session, "region_name", "us-east-1"):
        result: dict[str, Any] = transform(template, {}, NoPolicies())
    return result


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = template["Resources"]
    return result


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: one["Properties"] for name, one in resources.items() if one["Type"] == f"AWS::{kind}"
    }


def references(value: Any, names: set[str]) -> set[str]:
    """The resources that a part of the template refers to."""
    if isinstance(value, dict):
        found: set[str] = set()
        for key, inner in value.items():
            if key == "Ref" and isinstance(inner, str):
                found.add(inner)
            elif key == "Fn::GetAtt":
                found.add(inner[0] if isinstance(inner, list) else inner.partition(".")[0])
            elif key == "Fn::Sub":
                text = inner[0] if isinstance(inner, list) else inner
                found |= set(re.findall(r"\$\{([A-Za-z0-9]+)[.}]", text))
                if isinstance(inner, list):
                    found |= references(inner[1], names)
            elif key == "DependsOn":
                found |= {inner} if isinstance(inner, str) else set(inner)
            else:
                found |= references(inner, names)
        return found & names
    if isinstance(value, list):
        return set().union(*(references(item, names) for item in value)) & names
    return set()


def test_cfn_lint_finds_nothing() -> None:
    command = [Path(sys.executable).with_name("cfn-lint"), "template.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_resource_needs_itself(resources: dict[str, Any]) -> None:
    names = set(resources)
    needs = {name: references(one, names) for name, one in resources.items()}
    while needs:
        ready = {name for name, needed in needs.items() if not needed & set(needs)}
        assert ready, f"a circle among {sorted(needs)}"
        needs = {name: needed for name, needed in needs.items() if name not in ready}


def test_the_function_is_an_image_for_either_architecture(resources: dict[str, Any]) -> None:
    function = resources["ApiFunction"]["Properties"]
    assert function["PackageType"] == "Image"
    assert function["Architectures"] == [{"Ref": "Architecture"}]
    architecture = TEMPLATE["Parameters"]["Architecture"]
    assert (architecture["Default"], architecture["AllowedValues"]) == (
        "arm64",
        ["arm64", "x86_64"],
    )
    assert function["ImageConfig"] == {"Command": ["handler.api.lambda_handler"]}
    assert "Handler" not in function


def test_requests_go_to_the_alias_and_not_to_what_is_being_deployed(
    resources: dict[str, Any],
) -> None:
    api = resources["HttpApi"]["Properties"]["Body"]
    (route,) = api["paths"].values()
    assert list(api["paths"]) == ["$default"]
    uri = route["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]["uri"]
    assert "${ApiFunctionAliaslive}" in json.dumps(uri)
    permission = next(
        one
        for one in of_type(resources, "Lambda::Permission").values()
        if one["Principal"] == "apigateway.amazonaws.com"
    )
    assert permission["FunctionName"] == {"Ref": "ApiFunctionAliaslive"}
    assert references(permission["SourceArn"], set(resources)) == {"HttpApi"}


def test_the_timeouts_are_in_order(resources: dict[str, Any]) -> None:
    api = resources["HttpApi"]["Properties"]["Body"]
    (route,) = api["paths"].values()
    gateway = route["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
    assert TEMPLATE["Parameters"]["Timeout"]["Default"] * 1000 < gateway["timeoutInMillis"]
    # The hook tries twice, and must still be there to tell CodeDeploy.
    hook = TEMPLATE["Resources"]["WarmUpFunction"]["Properties"]
    (read_timeout,) = re.findall(r"read_timeout=(\d+)", hook["InlineCode"])
    assert 2 * int(read_timeout) < hook["Timeout"]


def test_the_stage_is_throttled_and_logged(resources: dict[str, Any]) -> None:
    (stage,) = of_type(resources, "ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == {"Ref": "ThrottlingRate"}
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] == {"Ref": "ThrottlingBurst"}
    line = stage["AccessLogSettings"]["Format"]
    assert json.loads(line.replace("$context.status", "200"))["status"] == 200
    assert not re.search("authori[sz]|body|ip", line.replace("Description", ""), re.IGNORECASE)


def test_every_log_has_a_retention_and_goes_with_the_stack(resources: dict[str, Any]) -> None:
    groups = {n: r for n, r in resources.items() if r["Type"] == "AWS::Logs::LogGroup"}
    assert set(groups) == {"ApiLogGroup", "AccessLogGroup", "IngestLogGroup", "WarmUpLogGroup"}
    for group in groups.values():
        assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert group["DeletionPolicy"] == "Delete"
    for function in of_type(resources, "Lambda::Function").values():
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert function["LoggingConfig"]["LogGroup"]["Ref"] in groups


def test_a_new_version_is_warmed_and_taken_back_on_alarm(resources: dict[str, Any]) -> None:
    (group,) = of_type(resources, "CodeDeploy::DeploymentGroup").values()
    alarms = {alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]}
    assert alarms == {"ErrorsAlarm", "ThrottlesAlarm", "ServerErrorsAlarm"}
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    update = resources["ApiFunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert update["BeforeAllowTrafficHook"] == {"Ref": "WarmUpFunction"}
    name = resources["WarmUpFunction"]["Properties"]["FunctionName"]
    assert name["Fn::Join"][1][0] == "CodeDeployHook"  # the name that CodeDeploy's role asks for
    environment = resources["WarmUpFunction"]["Properties"]["Environment"]["Variables"]
    assert resources[environment["NEW_VERSION"]["Ref"]]["Type"] == "AWS::Lambda::Version"


def test_every_alarm_tells_the_topic_if_there_is_one(resources: dict[str, Any]) -> None:
    alarms = of_type(resources, "CloudWatch::Alarm")
    assert len(alarms) == 7
    for alarm in alarms.values():
        wanted = ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]
        assert alarm["AlarmActions"] == {"Fn::If": wanted}
        assert alarm["TreatMissingData"] == "notBreaching"


def test_the_public_url_needs_both_permissions_and_no_other_principal_is_anybody(
    resources: dict[str, Any],
) -> None:
    anybody = {
        name: one
        for name, one in of_type(resources, "Lambda::Permission").items()
        if one["Principal"] == "*"
    }
    assert {one["Action"] for one in anybody.values()} == {
        "lambda:InvokeFunctionUrl",
        "lambda:InvokeFunction",
    }
    for name, permission in anybody.items():
        assert resources[name]["Condition"] == "HasPublicFunctionUrl"
        assert permission["FunctionName"] == {"Ref": "ApiFunctionAliaslive"}
        # Nobody may invoke the function past the URL.
        assert (
            permission.get("FunctionUrlAuthType") == "NONE" or permission["InvokedViaFunctionUrl"]
        )
    assert resources["FunctionUrl"]["Properties"]["Qualifier"] == "live"


KEY_LISTS = {
    "": True,
    HASH: True,
    f"alice:{HASH}": True,
    f"alice:{HASH},{HASH},b.o-b_:{HASH}": True,
    "sk-a-key-and-not-its-hash": False,
    HASH.upper(): False,
    HASH[1:]: False,
    f"{HASH},": False,
    f"{HASH};{HASH}": False,
    f"al ice:{HASH}": False,
    f":{HASH}": False,
    f"{'a' * 33}:{HASH}": False,
}


@pytest.mark.parametrize(("value", "accepted"), KEY_LISTS.items())
def test_a_parameter_that_is_no_list_of_hashes_is_refused(value: str, accepted: bool) -> None:
    parameter = TEMPLATE["Parameters"]["ApiKeyHashes"]
    assert parameter["NoEcho"] is True
    assert bool(re.fullmatch(parameter["AllowedPattern"], value)) == accepted
    if accepted:  # the function understands whatever the template accepts
        assert len(read_settings({"API_KEY_HASHES": value}).key_hashes) == value.count(HASH)


def test_an_endpoint_without_a_key_has_to_be_asked_for() -> None:
    (assertion,) = TEMPLATE["Rules"]["KeysOrAnonymous"]["Assertions"]
    has_keys, allows_anybody = assertion["Assert"]["Fn::Or"]
    assert has_keys == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ApiKeyHashes"}, ""]}]}
    assert allows_anybody == {"Fn::Equals": [{"Ref": "AllowAnonymous"}, "true"]}
    assert TEMPLATE["Parameters"]["AllowAnonymous"]["Default"] == "false"


@pytest.mark.parametrize("function", ["ApiFunction", "IngestFunction"])
def test_every_variable_that_is_set_is_one_that_the_function_reads(function: str) -> None:
    settings = (ROOT / "handler" / "settings.py").read_text()
    variables = TEMPLATE["Resources"][function]["Properties"]["Environment"]["Variables"]
    assert [name for name in variables if f'"{name}"' not in settings] == []


def test_every_parameter_is_explained() -> None:
    text = (ROOT / "docs" / "deploying.md").read_text()
    grouped = [
        name
        for group in TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        for name in group["Parameters"]
    ]
    assert sorted(grouped) == sorted(TEMPLATE["Parameters"])
    for name, parameter in TEMPLATE["Parameters"].items():
        default = str(parameter["Default"])
        row = next((line for line in text.splitlines() if line.startswith(f"| `{name}` |")), "")
        assert f"| `{default}` |" in row or (not default and "| none |" in row), name


def test_a_new_value_of_any_parameter_reaches_the_callers(resources: dict[str, Any]) -> None:
    """By a new version, for which CloudFormation must see a new description."""
    (version,) = of_type(resources, "Lambda::Version").values()
    described = set(re.findall(r"\$\{(\w+)\}", version["Description"]["Fn::Sub"]))
    function = TEMPLATE["Resources"]["ApiFunction"]["Properties"]
    settled = {name: function[name] for name in function if name not in ("Events", "Role")}
    used = set(re.findall(r"'Ref': '(\w+)'", str(settled))) & set(TEMPLATE["Parameters"])
    # The two that do not fit, those that conditions stand for, and those that versions do not have.
    beside = {"ApiKeyHashes", "CorsAllowOrigins", "ReservedConcurrency", "DeploymentType"}
    assert used - beside <= described
    assert {"Ingestion", "Metrics", "Revision", "Tracing"} <= described
    longest = {
        name: max(map(len, map(str, parameter.get("AllowedValues", ["x" * 40]))))
        for name, parameter in TEMPLATE["Parameters"].items()
    }
    text = re.sub(
        r"\$\{(\w+)\}", lambda name: "x" * longest[name[1]], version["Description"]["Fn::Sub"]
    )
    assert len(text) - 40 * 3 + 3 * 6 <= 256  # three of them are numbers, of six digits at most


def test_the_alarms_that_take_back_a_version_do_not_count_the_hooks_calls(
    resources: dict[str, Any],
) -> None:
    for name in ("ErrorsAlarm", "ThrottlesAlarm"):
        alarm = json.dumps(resources[name]["Properties"])
        assert alarm.count('"FunctionName"') == alarm.count('"${ApiFunction}:live"')
