"""/openapi.json states what is accepted and answered: schemathesis asks all it allows, and more.

No answer may be a 5xx, have a status or a body that is not documented, or be of another shape than
OpenAI's if it is an error.
"""

from __future__ import annotations

import json
import re

import hypothesis
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from handler.api import app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    positive_data_acceptance,
]

schema = schemathesis.openapi.from_asgi("/openapi.json", app)
# Without keys, which this server does not ask for.
schema.config.generation.update(modes=list(GenerationMode), with_security_parameters=False)


@schema.parametrize()
@hypothesis.settings(max_examples=300, suppress_health_check=list(hypothesis.HealthCheck))
def test_what_is_documented_is_what_happens(case: schemathesis.Case) -> None:
    response = case.call()
    # A body of six megabytes is refused for its size, whatever else is wrong with it.
    rejection = [] if response.status_code == 413 else [negative_data_rejection]
    case.validate_response(response, checks=CHECKS + rejection)
    if response.status_code >= 400:
        assert set(response.json()) == {"error"}
        assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_every_model_that_is_referred_to_is_described_and_the_other_way_round() -> None:
    document = TestClient(app).get("/openapi.json").text
    described = set(json.loads(document)["components"]["schemas"])
    assert set(re.findall(r'"#/components/schemas/(\w+)"', document)) == described
