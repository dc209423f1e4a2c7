"""Ingestion is deployed as a whole or not at all, and loses no document."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from handler import ingest
from handler.limits import OBJECT_SECONDS, READING_SECONDS
from handler.settings import MAX_OVERLAP, S3VectorsAddress, read_settings
from handler.stores.attributes import NOT_FILTERABLE
from handler.stores.aws.indexes import index_name
from handler.stores.aws.keys import Keys
from handler.stores.aws.query import SORTED
from handler.stores.aws.text import SEARCHABLE
from handler.stores.catalog import KINDS, blob_of, blob_of_part
from handler.stores.ids import new_id
from handler.stores.tasks import Sweep, from_message
from model_layer import Encoder
from tests.handler.aws.moto_text_search import check_request
from tests.paths import ROOT
from tests.template.cloudformation import PSEUDO, Stack
from tests.template.transformed import (
    IMAGE_FUNCTIONS,
    PARAMETERS,
    deployed,
    of_type,
    properties,
    references,
    transformed,
)

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
OF_INGESTION = (
    *("S3::", "SQS::", "S3Vectors::", "DynamoDB::", "Scheduler::"),
    "Lambda::EventSourceMapping",
)


def statements(policy: dict[str, Any], effect: str) -> list[dict[str, Any]]:
    return [one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == effect]


@pytest.mark.parametrize("parameters", VARIANTS, ids=str)
def test_nothing_refers_to_a_resource_that_is_left_out(parameters: dict[str, str]) -> None:
    there = deployed(**parameters)
    outputs = Stack(transformed(), **parameters).section("Outputs")
    for name, one in {**there, **outputs}.items():
        assert references(one) <= set(there), name


@pytest.mark.parametrize("parameters", [WITHOUT, {**WITHOUT, **WATCHING}], ids=str)
def test_without_ingestion_nothing_of_it_is_deployed(parameters: dict[str, str]) -> None:
    there = deployed(**parameters)
    for name, one in there.items():
        assert "ngest" not in name
        assert not one["Type"].removeprefix("AWS::").startswith(OF_INGESTION)
    variables = there["ApiFunction"]["Properties"]["Environment"]["Variables"]
    names = ("VECTOR_STORE", "LEDGER_TABLE", "FILES_BUCKET", "QUEUE_URL")
    assert {variables[name] for name in names} == {""}
    assert not re.search("s3|dynamodb|sqs", json.dumps(there["ApiRole"]))
    outputs = set(Stack(transformed(), **parameters).section("Outputs"))
    assert outputs == {"OpenAIBaseUrl", "ExampleCommand", "FunctionArn", "DashboardUrl"}


def test_what_exists_nowhere_else_outlives_the_stack() -> None:
    """Documents and files, and the table that says what the files are."""
    there = deployed()
    buckets = ("DocumentsBucket", "DocumentsBucketPolicy", "FilesBucket", "FilesBucketPolicy")
    for name in (*buckets, "StoresTable"):
        assert there[name]["DeletionPolicy"] == there[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("parameters", [{}, WATCHING], ids=str)
def test_the_function_reads_the_bucket_that_it_is_deployed_for(parameters: dict[str, str]) -> None:
    variables = properties("IngestFunction", **parameters)["Environment"]["Variables"]
    own = properties("DocumentsBucket")["BucketName"]
    assert variables["SOURCE_BUCKETS"] == parameters.get("WatchedBucket", own)


def test_the_buckets_name_is_one_that_s3_accepts() -> None:
    name = properties("DocumentsBucket")["BucketName"]
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name)


def test_every_bucket_and_queue_refuses_requests_without_tls() -> None:
    policies = [*of_type("S3::BucketPolicy").values(), *of_type("SQS::QueuePolicy").values()]
    protected = set().union(*(references(one.get("Queues", one.get("Bucket"))) for one in policies))
    assert protected == set(of_type("S3::Bucket")) | set(of_type("SQS::Queue"))
    for policy in policies:
        (deny,) = statements(policy, "Deny")
        assert (deny["Principal"], deny["Action"][-2:]) == ("*", ":*")
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("prefix", ["", "manuals/"])
def test_the_bucket_tells_the_queue_about_every_change_under_the_prefix(prefix: str) -> None:
    bucket = deployed(DocumentPrefix=prefix)["DocumentsBucket"]
    configurations = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    events = {"s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"}
    assert {one["Event"] for one in configurations} == events
    for one in configurations:
        assert one["Queue"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
        rules = one.get("Filter", {}).get("S3Key", {}).get("Rules")
        assert rules == ([{"Name": "prefix", "Value": prefix}] if prefix else None)
    # S3 sends a test event as soon as it knows the queue, so the policy must be there by then.
    assert bucket["DependsOn"] == "IngestQueuePolicy"


def test_only_the_stacks_own_bucket_may_send_to_the_queue() -> None:
    (statement,) = statements(properties("IngestQueuePolicy"), "Allow")
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    name = properties("DocumentsBucket")["BucketName"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{name}"},
        "StringEquals": {"aws:SourceAccount": PSEUDO["AWS::AccountId"]},
    }


@pytest.mark.parametrize("prefix", ["", "manuals/"])
def test_an_existing_bucket_is_watched_through_eventbridge(prefix: str) -> None:
    there = deployed(**WATCHING, DocumentPrefix=prefix)
    buckets = {name for name, one in there.items() if one["Type"] == "AWS::S3::Bucket"}
    assert buckets == {"FilesBucket"}
    rule = there["WatchedBucketRule"]["Properties"]
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
    wanted: dict[str, Any] = {"bucket": {"name": ["their-bucket"]}}
    if prefix:
        wanted["object"] = {"key": [{"prefix": prefix}]}
    assert rule["EventPattern"]["detail"] == wanted
    (statement,) = statements(there["IngestQueuePolicy"]["Properties"], "Allow")
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["WatchedBucketRule", "Arn"]}},
        "StringEquals": {"aws:SourceAccount": PSEUDO["AWS::AccountId"]},
    }
    outputs = Stack(transformed(), **WATCHING).section("Outputs")
    assert outputs["DocumentsBucket"]["Value"] == "their-bucket"


@pytest.mark.parametrize("timeout", PARAMETERS["IngestTimeout"]["AllowedValues"])
def test_no_message_is_delivered_again_while_a_function_has_it(timeout: int) -> None:
    there = deployed(IngestTimeout=str(timeout))
    mapping = there["IngestFunctionDocuments"]["Properties"]
    queue = there["IngestQueue"]["Properties"]
    assert there["IngestFunction"]["Properties"]["Timeout"] == str(timeout)
    # The most that one file may take until its text is read.
    assert timeout > OBJECT_SECONDS + READING_SECONDS
    window = mapping["MaximumBatchingWindowInSeconds"]
    assert 6 * timeout + window <= queue["VisibilityTimeout"] <= 43_200  # s, the limit of SQS
    # All deliveries fit twice into the time that messages are kept.
    deliveries = queue["RedrivePolicy"]["maxReceiveCount"]
    assert 2 * deliveries * queue["VisibilityTimeout"] < queue["MessageRetentionPeriod"]


def test_a_message_outlasts_the_invocation_that_it_waits_for() -> None:
    """Otherwise it would be dead before it could see a newer version of the object."""
    longest = max(PARAMETERS["IngestTimeout"]["AllowedValues"])
    deliveries = properties("IngestQueue")["RedrivePolicy"]["maxReceiveCount"]
    assert deliveries * ingest.RETRY_BUSY_SECONDS > longest


def test_messages_that_fail_at_every_delivery_end_in_the_dead_letter_queue() -> None:
    queue, dead = properties("IngestQueue"), properties("IngestDeadLetterQueue")
    target = queue["RedrivePolicy"]["deadLetterTargetArn"]
    assert target == {"Fn::GetAtt": ["IngestDeadLetterQueue", "Arn"]}
    arn = f"arn:aws:sqs:us-east-1:{PSEUDO['AWS::AccountId']}:{queue['QueueName']}"
    assert dead["RedriveAllowPolicy"] == {"redrivePermission": "byQueue", "sourceQueueArns": [arn]}
    # A dead letter keeps its age, so a shorter retention there would delete it early.
    assert queue["MessageRetentionPeriod"] == dead["MessageRetentionPeriod"]


def test_a_failed_message_returns_alone_and_too_many_wait_in_the_queue() -> None:
    mapping = properties("IngestFunctionDocuments", IngestConcurrency="7")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": "7"}
    assert "ReservedConcurrentExecutions" not in properties("IngestFunction")


# What both functions are told of the resources whose names only AWS knows.
NAMED = {
    "FILES_BUCKET": "FilesBucket",
    "LEDGER_TABLE": "StoresTable",
    "QUEUE_URL": "IngestQueue",
}


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_both_functions_use_the_index_of_their_model(precision: str) -> None:
    there = deployed(Precision=precision)
    stores = []
    for name in IMAGE_FUNCTIONS:
        variables = dict(there[name]["Properties"]["Environment"]["Variables"])
        for variable, resource in NAMED.items():
            assert variables[variable] == {"Ref": resource}
        environment = {name: str(value) for name, value in variables.items()}
        stores.append(read_settings({**environment, **NAMED}).vector_store)
    assert stores[0] == stores[1]
    assert isinstance(stores[0], S3VectorsAddress)
    bucket, index = (there[name]["Properties"] for name in ("VectorBucket", "VectorIndex"))
    assert (bucket["VectorBucketName"], index["IndexName"]) == (stores[0].bucket, stores[0].index)
    assert (stores[0].files_bucket, stores[0].queue_url) == ("FilesBucket", "IngestQueue")
    (fingerprint,) = re.findall(
        rf"FINGERPRINT_{precision}=all-minilm-l6-v2-(.*)", (ROOT / "Dockerfile").read_text()
    )
    assert index["IndexName"] == f"documents-2-{fingerprint}"
    outputs = Stack(transformed(), Precision=precision).section("Outputs")
    assert outputs["VectorStoreId"]["Value"] == index["IndexName"]


def test_the_index_fits_the_vectors_and_metadata_of_the_code(encoder: Encoder) -> None:
    index = properties("VectorIndex")
    assert index["Dimension"] == encoder.bundle.dimensions
    assert (index["DistanceMetric"], index["DataType"]) == ("cosine", "float32")
    keys = index["MetadataConfiguration"]["NonFilterableMetadataKeys"]
    assert sorted(keys) == sorted(NOT_FILTERABLE)


@pytest.mark.parametrize("language", PARAMETERS["TextLanguage"]["AllowedValues"])
def test_the_index_can_be_searched_by_words(language: str) -> None:
    """By what the code searches, and as S3 Vectors' own model allows."""
    configuration = properties("VectorIndex", TextLanguage=language)["MetadataConfiguration"]
    texts = [
        {f"{name[0].lower()}{name[1:]}": value for name, value in one.items()}
        for one in configuration["TextSearchConfigurations"]
    ]
    written = {} if language == "none" else {"language": language}
    assert texts == [
        {"metadataKey": "text", **written},
        {"metadataKey": "heading", **written},
        {"metadataKey": "terms"},
    ]
    assert [one["metadataKey"] for one in texts] == list(SEARCHABLE)
    check_request(
        "CreateIndex",
        json.dumps(
            {
                "vectorBucketName": "vectors",
                "indexName": "documents",
                "dataType": "float32",
                "dimension": 384,
                "distanceMetric": "cosine",
                "metadataConfiguration": {
                    "nonFilterableMetadataKeys": configuration["NonFilterableMetadataKeys"],
                    "textSearchConfigurations": texts,
                },
            }
        ).encode(),
    )


@pytest.mark.parametrize("mode", PARAMETERS["SearchMode"]["AllowedValues"])
def test_the_function_searches_in_the_mode_of_the_stack(mode: str) -> None:
    variables = properties("ApiFunction", SearchMode=mode)["Environment"]["Variables"]
    assert read_settings({"SEARCH_MODE": variables["SEARCH_MODE"]}).search_mode == mode
    assert PARAMETERS["SearchMode"]["Default"] == read_settings({}).search_mode


def test_the_overlap_has_the_range_and_default_of_the_settings() -> None:
    overlap = PARAMETERS["ChunkOverlap"]
    assert (overlap["MinValue"], overlap["MaxValue"]) == (0, MAX_OVERLAP)
    assert overlap["Default"] == read_settings({}).chunk_overlap


def test_single_failures_never_raise_the_backlog_alarm() -> None:
    """SQS leaves a message out of the queue's age after its third delivery."""
    alarm = properties("IngestBacklogAlarm", IngestTimeout="600")
    assert references(alarm) == {"IngestQueue"}
    assert alarm["Metrics"][0]["Expression"] == "age / (6 * 600)"  # in deliveries
    assert alarm["Threshold"] > 3


def api_statements() -> list[dict[str, Any]]:
    policies = {one["PolicyName"]: one for one in properties("ApiRole")["Policies"]}
    found: list[dict[str, Any]] = policies["files-and-vector-stores"]["PolicyDocument"]["Statement"]
    return found


def test_the_api_may_write_no_row_of_a_document() -> None:
    """Those of the bucket's documents are the ingest function's."""
    writes = [
        one for one in api_statements() if re.search(r"dynamodb:(Put|Upd|Del)", str(one["Action"]))
    ]
    (patterns,) = (
        one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for one in writes
    )
    address = properties("ApiFunction")["Environment"]["Variables"]["VECTOR_STORE"]
    bucket, _, index = address.removeprefix("s3vectors://").partition("/")
    keys = Keys(bucket, index)

    def may_write(partition: str) -> bool:
        return any(fnmatchcase(partition, pattern) for pattern in patterns)

    assert not may_write(keys.rows(index))
    assert not may_write(keys.rows("documents-1-another"))
    assert may_write(keys.rows(new_id("vs_", 1.8e9)))
    for kind in KINDS:
        assert may_write(keys.items(kind.kind))
        assert may_write(keys.item(kind.kind, index)["store"]["S"])
    assert may_write(keys.noted("fingerprint")["store"]["S"])


def test_each_role_may_use_the_indexes_of_stores_that_the_api_makes() -> None:
    arn = {"Fn::Sub": "${VectorBucket.VectorBucketArn}/index/vs-*"}
    assert index_name(new_id("vs_", 1.8e9)).startswith("vs-")
    statements = [*api_statements()]
    for policy in properties("IngestRole")["Policies"]:
        statements += policy["PolicyDocument"]["Statement"]
    used = [one for one in statements if "s3vectors:" in json.dumps(one["Action"])]
    assert all(one["Resource"] == arn or arn in one["Resource"] for one in used)
    # The deployment's own index is made and deleted by the deployment.
    for one in used:
        if "s3vectors:CreateIndex" in one["Action"]:
            assert one["Resource"] == arn


def test_the_table_has_the_keys_and_indexes_that_the_code_queries() -> None:
    table = properties("StoresTable")
    schemas = {None: table["KeySchema"]} | {
        one["IndexName"]: one["KeySchema"] for one in table["GlobalSecondaryIndexes"]
    }
    assert {
        name: tuple(one["AttributeName"] for one in keys) for name, keys in schemas.items()
    } == (SORTED)
    projected = {
        one["IndexName"]: one["Projection"].get("NonKeyAttributes")
        for one in table["GlobalSecondaryIndexes"]
    }
    assert projected == {"by-creation": ["status"], "by-document": None}


def test_parts_outlive_an_upload_and_are_deleted_in_the_end() -> None:
    rules = {one["Id"]: one for one in properties("FilesBucket")["LifecycleConfiguration"]["Rules"]}
    parts = rules["delete-old-parts"]
    assert blob_of_part("upload_1", "part_1").startswith(parts["Prefix"])
    assert not blob_of("file-1").startswith(parts["Prefix"])
    assert parts["ExpirationInDays"] == 2
    unfinished = rules["abort-unfinished-uploads"]["AbortIncompleteMultipartUpload"]
    assert unfinished == {"DaysAfterInitiation": 1}


def test_pages_reach_the_files_if_they_may_reach_the_api() -> None:
    assert "CorsConfiguration" not in properties("FilesBucket")
    origins = "https://a.example,http://localhost:3000"
    (rule,) = properties("FilesBucket", CorsAllowOrigins=origins)["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == origins.split(",")
    assert set(rule["AllowedMethods"]) == {"GET", "PUT"}


def test_the_queue_gets_a_sweep_every_hour() -> None:
    target = properties("SweepSchedule")["Target"]
    assert properties("SweepSchedule")["ScheduleExpression"] == "rate(1 hour)"
    assert from_message(json.loads(target["Input"])) == Sweep()
    assert target["Arn"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
    assert target["RoleArn"] == {"Fn::GetAtt": ["SweepRole", "Arn"]}


def test_an_alarm_counts_the_files_that_sweeps_send_again() -> None:
    alarm, counted = properties("StuckFilesAlarm"), properties("FilesSentAgain")
    (metric,) = counted["MetricTransformations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        metric["MetricNamespace"],
        metric["MetricName"],
    )
    assert counted["LogGroupName"] == {"Ref": "IngestLogGroup"}
    assert counted["FilterPattern"] == '{ $.task = "sweep" && $.sent > 0 }'
    assert alarm["EvaluationPeriods"] > 1  # once is a task that was lost
