"""Call a new version of the function until it returns vectors, and tell CodeDeploy the result.

CodeDeploy runs this hook before a new version takes traffic. It needs nothing of this project and
only the packages that Lambda's Python runtime has.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config

READ_TIMEOUT_SECONDS = 80  # the first start of an image can take most of a minute
ATTEMPTS = 2
DIMENSIONS = 384


def lambda_handler(event: dict[str, str], context: object) -> dict[str, str]:
    status = "Failed"
    try:
        if warm_up(os.environ["NEW_VERSION"], calls=int(os.environ["CALLS"])):
            status = "Succeeded"
    finally:
        boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
    return {"status": status}


def warm_up(version: str, *, calls: int) -> bool:
    """Whether all of several concurrent calls return a vector, at the first or second attempt."""
    config = Config(read_timeout=READ_TIMEOUT_SECONDS, retries={"total_max_attempts": 1})
    client = boto3.client("lambda", config=config)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with ThreadPoolExecutor(calls) as pool:
                return all(pool.map(lambda _: embeds(client, version), range(calls)))
        except Exception as error:
            print(json.dumps({"attempt": attempt, "error": repr(error)}))
    return False


def embeds(client: Any, version: str) -> bool:
    """Whether a version returns a vector of the right size. Raises if it returns none."""
    answer = client.invoke(FunctionName=version, Payload=json.dumps({"input": "warm up"}))
    vector = json.loads(answer["Payload"].read())["data"][0]["embedding"]
    return len(vector) == DIMENSIONS
