"""The empty function: what FastAPI and Mangum cost, whatever the application does."""

from __future__ import annotations

import asyncio

from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()


@app.post("/v1/embeddings")
async def embeddings() -> dict[str, list[str]]:
    return {"data": []}


asyncio.set_event_loop(asyncio.new_event_loop())  # Mangum runs the app on this thread's
lambda_handler = Mangum(app, lifespan="off")
