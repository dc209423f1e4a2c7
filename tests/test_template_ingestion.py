"""The ingestion of template.yaml: there or not there as a whole, and such that nothing is lost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from handler import ingest
from handler.limits import READING_SECONDS
from handler.settings import MAX_OVERLAP, S3VectorsAddress, read_settings
from handler.stores.attributes import NOT_FILTERABLE
from model_layer import Encoder
from tests.cloudformation import PSEUDO, Stack
from tests.conftest import ROOT
from tests.test_template import TEMPLATE, references, resources, template

__all__ = ["resources", "template"]  # the fixtures

WITHOUT = {"Ingestion": "false"}
WATCHING = {"WatchedBucket": "their-bucket"}
PREFIX = {"DocumentPrefix": "manuals/"}
VARIANTS: list[dict[str, str]] = [
    {},
    PREFIX,
    WATCHING,
    {**WATCHING, **PREFIX},
    WITHOUT,
    {**WITHOUT, **WATCHING},
    {"AlarmEmail": "a@b.example", "FunctionUrlAuth": "NONE", "Tracing": "true"},
]
OF_INGESTION = ("S3::", "SQS::", "S3Vectors::", "DynamoDB::", "Lambda::EventSourceMapping")


@pytest.fixture(scope="module")
def queue(template: dict[str, Any]) -> dict[str, Any]:
    return properties(template, "IngestQueue")


def deployed(template: dict[str, Any], **parameters: str) -> dict[str, Any]:
    return Stack(template, **parameters).section("Resources")


def properties(template: dict[str, Any], name: str, **parameters: str) -> dict[str, Any]:
    found: dict[str, Any] = deployed(template, **parameters)[name]["Properties"]
    return found


def allowed(policy: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]


@pytest.mark.parametrize("parameters", VARIANTS, ids=str)
def test_nothing_refers_to_what_is_left_out(
    template: dict[str, Any], parameters: dict[str, str]
) -> None:
    stack = Stack(template, **parameters)
    there, names = stack.section("Resources"), set(template["Resources"])
    assert set(there) < names
    for name, one in {**there, **stack.section("Outputs")}.items():
        assert references(one, names) <= set(there), name


@pytest.mark.parametrize("parameters", [WITHOUT, {**WITHOUT, **WATCHING}], ids=str)
def test_without_ingestion_nothing_of_it_is_deployed(
    template: dict[str, Any], parameters: dict[str, str]
) -> None:
    there = deployed(template, **parameters)
    assert len(there) < len(deployed(template))
    for name, one in there.items():
        assert "ngest" not in name
        assert not one["Type"].removeprefix("AWS::").startswith(OF_INGESTION)
    variables = there["ApiFunction"]["Properties"]["Environment"]["Variables"]
    assert (variables["VECTOR_STORE"], variables["LEDGER_TABLE"]) == ("", "")
    assert not re.search("s3vectors|dynamodb|sqs", json.dumps(there["ApiRole"]))
    outputs = set(Stack(template, **parameters).section("Outputs"))
    assert outputs == {"OpenAIBaseUrl", "ExampleCommand", "FunctionArn", "DashboardUrl"}


def test_the_bucket_is_private_and_outlives_the_stack(template: dict[str, Any]) -> None:
    there = deployed(template)
    for name in ("DocumentsBucket", "DocumentsBucketPolicy"):
        assert there[name]["DeletionPolicy"] == there[name]["UpdateReplacePolicy"] == "Retain"
    bucket = there["DocumentsBucket"]["Properties"]
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert "ServerSideEncryptionByDefault" in json.dumps(bucket["BucketEncryption"])
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", bucket["BucketName"])


@pytest.mark.parametrize(
    "name", ["DocumentsBucketPolicy", "IngestQueuePolicy", "IngestDeadLetterQueuePolicy"]
)
def test_everything_is_refused_that_does_not_come_over_tls(
    template: dict[str, Any], name: str
) -> None:
    statements = properties(template, name)["PolicyDocument"]["Statement"]
    (deny,) = (one for one in statements if one["Effect"] == "Deny")
    assert deny["Principal"] == "*"
    assert deny["Action"] in ("s3:*", "sqs:*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("prefix", ["", "manuals/"])
def test_the_bucket_tells_the_queue_of_everything_that_comes_and_goes(
    template: dict[str, Any], prefix: str
) -> None:
    bucket = deployed(template, DocumentPrefix=prefix)["DocumentsBucket"]
    configurations = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    events = {"s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"}
    assert {one["Event"] for one in configurations} == events
    for one in configurations:
        assert one["Queue"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
        rules = one.get("Filter", {}).get("S3Key", {}).get("Rules")
        assert rules == ([{"Name": "prefix", "Value": prefix}] if prefix else None)
    # S3 sends a test event when it is told of the queue, and the policy must be there by then.
    assert bucket["DependsOn"] == "IngestQueuePolicy"


def test_only_the_stacks_own_bucket_may_send_to_the_queue(template: dict[str, Any]) -> None:
    (statement,) = allowed(properties(template, "IngestQueuePolicy"))
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    name = properties(template, "DocumentsBucket")["BucketName"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{name}"},
        "StringEquals": {"aws:SourceAccount": PSEUDO["AWS::AccountId"]},
    }


@pytest.mark.parametrize("prefix", ["", "manuals/"])
def test_a_bucket_that_is_there_already_is_watched_through_eventbridge(
    template: dict[str, Any], prefix: str
) -> None:
    there = deployed(template, **WATCHING, DocumentPrefix=prefix)
    assert not [name for name, one in there.items() if one["Type"].startswith("AWS::S3::")]
    rule = there["WatchedBucketRule"]["Properties"]
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
    pattern = rule["EventPattern"]
    assert pattern["source"] == ["aws.s3"]
    assert pattern["detail-type"] == ["Object Created", "Object Deleted"]
    wanted: dict[str, Any] = {"bucket": {"name": ["their-bucket"]}}
    if prefix:
        wanted["object"] = {"key": [{"prefix": prefix}]}
    assert pattern["detail"] == wanted
    (statement,) = allowed(there["IngestQueuePolicy"]["Properties"])
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["WatchedBucketRule", "Arn"]}},
        "StringEquals": {"aws:SourceAccount": PSEUDO["AWS::AccountId"]},
    }
    outputs = Stack(template, **WATCHING).section("Outputs")
    assert outputs["DocumentsBucket"]["Value"] == "their-bucket"


@pytest.mark.parametrize("timeout", TEMPLATE["Parameters"]["IngestTimeout"]["AllowedValues"])
def test_no_message_is_delivered_again_while_a_function_has_it(
    template: dict[str, Any], timeout: int
) -> None:
    there = deployed(template, IngestTimeout=str(timeout))
    function = there["IngestFunction"]["Properties"]
    mapping = there["IngestFunctionDocuments"]["Properties"]
    queue = there["IngestQueue"]["Properties"]
    assert function["Timeout"] == str(timeout)
    assert timeout >= 2 * READING_SECONDS  # what reading one file may take
    window = mapping.get("MaximumBatchingWindowInSeconds", 0)
    assert 6 * timeout + window <= queue["VisibilityTimeout"] <= 43_200  # s, the most
    # All deliveries fit into the time that messages are kept, twice over.
    deliveries = queue["RedrivePolicy"]["maxReceiveCount"]
    assert 2 * deliveries * queue["VisibilityTimeout"] < queue["MessageRetentionPeriod"]


def test_who_waits_for_another_invocation_outlasts_it(queue: dict[str, Any]) -> None:
    """Else its message is dead before it could see that the object is another by now."""
    longest = max(TEMPLATE["Parameters"]["IngestTimeout"]["AllowedValues"])
    assert queue["RedrivePolicy"]["maxReceiveCount"] * ingest.RETRY_BUSY_SECONDS > longest


def test_what_fails_at_every_delivery_is_kept_as_long_as_can_be(
    template: dict[str, Any], queue: dict[str, Any]
) -> None:
    dead = properties(template, "IngestDeadLetterQueue")
    redrive = queue["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["IngestDeadLetterQueue", "Arn"]}
    assert redrive["maxReceiveCount"] >= 5
    assert queue["MessageRetentionPeriod"] == dead["MessageRetentionPeriod"] == 14 * 24 * 3_600
    assert queue["SqsManagedSseEnabled"] is dead["SqsManagedSseEnabled"] is True
    arn = f"arn:aws:sqs:us-east-1:{PSEUDO['AWS::AccountId']}:{queue['QueueName']}"
    assert dead["RedriveAllowPolicy"] == {"redrivePermission": "byQueue", "sourceQueueArns": [arn]}


def test_batches_give_back_single_messages_and_wait_in_the_queue(template: dict[str, Any]) -> None:
    mapping = properties(template, "IngestFunctionDocuments", IngestConcurrency="7")
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
    assert mapping["FunctionName"] == {"Ref": "IngestFunction"}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": "7"}
    assert mapping["BatchSize"] == 5
    function = properties(template, "IngestFunction")
    assert "ReservedConcurrentExecutions" not in function
    assert "RecursiveLoop" not in function  # Terminate is what is wanted, and the default


def test_the_ingest_function_is_of_the_same_image(template: dict[str, Any]) -> None:
    api, ingest = (TEMPLATE["Resources"][name] for name in ("ApiFunction", "IngestFunction"))
    assert api["Metadata"] == ingest["Metadata"]  # so `sam build` builds it once
    assert ingest["Properties"]["ImageConfig"] == {"Command": ["handler.ingest.lambda_handler"]}
    for name in ("Architectures", "PackageType", "Tracing"):
        assert api["Properties"][name] == ingest["Properties"][name]


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_both_functions_have_the_index_of_their_model(
    template: dict[str, Any], precision: str
) -> None:
    there = deployed(template, Precision=precision)
    stores = []
    for name in ("ApiFunction", "IngestFunction"):
        variables = there[name]["Properties"]["Environment"]["Variables"]
        assert variables.pop("LEDGER_TABLE") == {"Ref": "LedgerTable"}
        environment = {name: str(value) for name, value in variables.items()}
        stores.append(read_settings({**environment, "LEDGER_TABLE": "ledger"}).vector_store)
    assert stores[0] == stores[1]
    assert isinstance(stores[0], S3VectorsAddress)
    bucket, index = (there[name]["Properties"] for name in ("VectorBucket", "VectorIndex"))
    assert (bucket["VectorBucketName"], index["IndexName"]) == (stores[0].bucket, stores[0].index)
    (fingerprint,) = re.findall(
        rf"FINGERPRINT_{precision}=all-minilm-l6-v2-(.*)", (ROOT / "Dockerfile").read_text()
    )
    assert index["IndexName"] == f"documents-{fingerprint}"
    outputs = Stack(template, Precision=precision).section("Outputs")
    assert outputs["VectorStoreId"]["Value"] == index["IndexName"]


def test_the_index_is_the_one_that_the_code_expects(
    template: dict[str, Any], encoder: Encoder
) -> None:
    index = properties(template, "VectorIndex")
    assert index["Dimension"] == encoder.bundle.dimensions
    assert (index["DistanceMetric"], index["DataType"]) == ("cosine", "float32")
    keys = index["MetadataConfiguration"]["NonFilterableMetadataKeys"]
    assert sorted(keys) == sorted(NOT_FILTERABLE)
    overlap = TEMPLATE["Parameters"]["ChunkOverlap"]
    assert (overlap["MinValue"], overlap["MaxValue"]) == (0, MAX_OVERLAP)
    assert overlap["Default"] == read_settings({}).chunk_overlap


def test_the_ledgers_keys_are_the_stores_and_the_documents(template: dict[str, Any]) -> None:
    table = properties(template, "LedgerTable")
    keys = {one["KeyType"]: one["AttributeName"] for one in table["KeySchema"]}
    assert keys == {"HASH": "store", "RANGE": "document"}
    assert {one["AttributeType"] for one in table["AttributeDefinitions"]} == {"S"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_alarms_look_at_the_queues_and_the_function(template: dict[str, Any]) -> None:
    dead = properties(template, "IngestDeadLettersAlarm")
    assert references(dead, set(template["Resources"])) == {"IngestDeadLetterQueue"}
    assert (dead["Threshold"], dead["MetricName"]) == (0, "ApproximateNumberOfMessagesVisible")
    backlog = properties(template, "IngestBacklogAlarm", IngestTimeout="600")
    assert references(backlog, set(template["Resources"])) == {"IngestQueue"}
    # Three deliveries of one message are none: after these, its age is no longer looked at.
    assert backlog["Metrics"][0]["Expression"] == "age / (6 * 600)"
    assert backlog["Threshold"] > 3
    errors = properties(template, "IngestErrorsAlarm")
    assert references(errors, set(template["Resources"])) == {"IngestFunction"}


@pytest.mark.parametrize(("parameters", "widgets"), [({}, 9), (WITHOUT, 6)], ids=str)
def test_the_dashboard_can_be_read(
    template: dict[str, Any], parameters: dict[str, str], widgets: int
) -> None:
    body = properties(template, "Dashboard", **parameters)["DashboardBody"]["Fn::Sub"]
    assert len(json.loads(body)["widgets"]) == widgets


PREFIXES = {"": True, "manuals/": True, "a b/": False, "a*": False, "a?": False, "${x}": False}


@pytest.mark.parametrize(("prefix", "accepted"), PREFIXES.items())
def test_a_prefix_cannot_widen_the_roles_permission(prefix: str, accepted: bool) -> None:
    pattern = TEMPLATE["Parameters"]["DocumentPrefix"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, prefix)) == accepted


def test_the_api_writes_no_row_of_a_document(template: dict[str, Any]) -> None:
    role = properties(template, "ApiRole")
    (search,) = (one for one in role["Policies"] if one.get("PolicyName") == "search")
    (write,) = (
        one
        for one in search["PolicyDocument"]["Statement"]
        if "PutItem" in json.dumps(one["Action"])
    )
    (key,) = write["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
    address = properties(template, "ApiFunction")["Environment"]["Variables"]["VECTOR_STORE"]
    assert f"{key}" == f"{address.removeprefix('s3vectors://')}#space"
