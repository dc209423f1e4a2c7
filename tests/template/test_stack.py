"""The stack is wired right: handlers, routes, timeouts, deployments, logs, alarms, dashboard."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deployment.hook import warm_up
from tests.paths import ROOT
from tests.template.cloudformation import Stack
from tests.template.transformed import (
    IMAGE_FUNCTIONS,
    PARAMETERS,
    TEMPLATE,
    deployed,
    of_type,
    properties,
    references,
    transformed,
)


def test_cfn_lint_finds_nothing() -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), "template.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_resource_depends_on_itself() -> None:
    needs = {name: references(one) for name, one in transformed()["Resources"].items()}
    while needs:
        ready = {name for name, needed in needs.items() if not needed & set(needs)}
        assert ready, f"a circle among {sorted(needs)}"
        needs = {name: needed for name, needed in needs.items() if name not in ready}


@pytest.mark.parametrize("name", IMAGE_FUNCTIONS)
def test_each_image_function_starts_a_handler_that_exists(name: str) -> None:
    (command,) = properties(name)["ImageConfig"]["Command"]
    module, _, attribute = command.rpartition(".")
    assert callable(getattr(importlib.import_module(module), attribute))


def test_both_image_functions_share_one_build() -> None:
    api, ingest = (TEMPLATE["Resources"][name] for name in IMAGE_FUNCTIONS)
    assert api["Metadata"] == ingest["Metadata"]


@pytest.mark.parametrize("name", IMAGE_FUNCTIONS)
def test_every_environment_variable_is_one_that_the_settings_read(name: str) -> None:
    settings = (ROOT / "handler" / "settings.py").read_text()
    variables = properties(name)["Environment"]["Variables"]
    assert [variable for variable in variables if f'"{variable}"' not in settings] == []


def gateway() -> dict[str, Any]:
    """The one route of the HTTP API, and where it leads."""
    paths = properties("HttpApi")["Body"]["paths"]
    assert list(paths) == ["$default"]
    integration: dict[str, Any] = paths["$default"]["x-amazon-apigateway-any-method"][
        "x-amazon-apigateway-integration"
    ]
    return integration


def test_requests_go_to_the_alias_instead_of_the_version_being_deployed() -> None:
    assert "${ApiFunctionAliaslive}" in json.dumps(gateway()["uri"])
    (permission,) = (
        one
        for one in of_type("Lambda::Permission").values()
        if one["Principal"] == "apigateway.amazonaws.com"
    )
    assert permission["FunctionName"] == {"Ref": "ApiFunctionAliaslive"}
    assert references(permission["SourceArn"]) == {"HttpApi"}


def test_the_function_times_out_before_the_http_api() -> None:
    assert PARAMETERS["Timeout"]["Default"] * 1000 < gateway()["timeoutInMillis"]


def test_the_hook_has_time_for_all_attempts() -> None:
    assert properties("WarmUpFunction")["Timeout"] > warm_up.ATTEMPTS * warm_up.READ_TIMEOUT_SECONDS


def test_codedeploy_may_call_the_hook_and_the_hook_calls_the_new_version() -> None:
    hook = properties("WarmUpFunction")
    # CodeDeploy's managed role may invoke functions with this prefix only.
    assert hook["FunctionName"].startswith("CodeDeployHook_")
    version = hook["Environment"]["Variables"]["NEW_VERSION"]["Ref"]
    assert deployed()[version]["Type"] == "AWS::Lambda::Version"
    update = transformed()["Resources"]["ApiFunctionAliaslive"]["UpdatePolicy"]
    assert update["CodeDeployLambdaAliasUpdate"]["BeforeAllowTrafficHook"] == {
        "Ref": "WarmUpFunction"
    }


def test_an_alarm_stops_a_deployment_and_never_counts_the_hooks_calls() -> None:
    (group,) = of_type("CodeDeploy::DeploymentGroup").values()
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    for alarm in group["AlarmConfiguration"]["Alarms"]:
        text = json.dumps(properties(alarm["Name"]["Ref"]))
        # The hook bypasses the alias, so metrics of the alias leave its calls out.
        assert text.count('"FunctionName"') == text.count('"${ApiFunction}:live"')


def test_every_alarm_notifies_the_topic_if_there_is_an_address() -> None:
    silent = of_type("CloudWatch::Alarm").values()
    loud = of_type("CloudWatch::Alarm", AlarmEmail="a@b.example").values()
    assert len(silent) == len(loud) > 0
    assert not any("AlarmActions" in alarm for alarm in silent)
    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in loud)


def test_access_log_lines_are_json_without_personal_data() -> None:
    (stage,) = of_type("ApiGatewayV2::Stage").values()
    line = stage["AccessLogSettings"]["Format"]
    assert json.loads(line.replace("$context.status", "200"))["status"] == 200
    assert not re.search(
        "authori[sz]|body|ip|userAgent", line.replace("Description", ""), re.IGNORECASE
    )


def test_every_function_logs_to_a_group_that_expires_and_goes_with_the_stack() -> None:
    there = deployed(LogRetentionDays="7")
    functions = of_type("Lambda::Function").values()
    assert {"ApiLogGroup", "IngestLogGroup"} < {
        function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions
    }
    for name, one in there.items():
        if one["Type"] == "AWS::Logs::LogGroup":
            assert one["Properties"]["RetentionInDays"] == "7", name
            assert one["DeletionPolicy"] == "Delete", name


@pytest.mark.parametrize("auth", ["OFF", "AWS_IAM", "NONE"])
def test_only_a_public_url_lets_anyone_invoke_the_function_and_only_through_the_url(
    auth: str,
) -> None:
    permissions = of_type("Lambda::Permission", FunctionUrlAuth=auth).values()
    anyone = [one for one in permissions if one["Principal"] == "*"]
    actions = {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} if auth == "NONE" else set()
    assert {one["Action"] for one in anyone} == actions
    for one in anyone:
        assert one["FunctionName"] == {"Ref": "ApiFunctionAliaslive"}
        assert one.get("FunctionUrlAuthType") == "NONE" or one["InvokedViaFunctionUrl"]


@pytest.mark.parametrize("ingestion", ["true", "false"])
def test_the_dashboard_body_is_json_with_widgets_for_what_is_deployed(ingestion: str) -> None:
    body = properties("Dashboard", Ingestion=ingestion)["DashboardBody"]["Fn::Sub"]
    titles = [widget["properties"]["title"] for widget in json.loads(body)["widgets"]]
    assert "Answers" in titles
    assert any(title.startswith("Ingestion") for title in titles) == (ingestion == "true")


def test_outputs_refer_to_deployed_resources_only() -> None:
    for parameters in ({}, {"Ingestion": "false"}, {"FunctionUrlAuth": "NONE"}):
        outputs = Stack(transformed(), **parameters).section("Outputs")
        assert references(outputs) <= set(deployed(**parameters))
