"""The event stream as a first lecture on server push writes it: a queue for each subscriber."""
import asyncio

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

app = FastAPI()
queues = set()


@app.get("/stream")
async def stream():
    queue = asyncio.Queue()

    async def events():
        queues.add(queue)
        try:
            yield "retry: 3000\n\n"
            while True:
                yield f"data: {await queue.get()}\n\n"
        finally:
            queues.discard(queue)

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/publish")
async def publish(request: Request):
    text = (await request.body()).decode()
    for queue in queues:
        queue.put_nowait(text)
    return {}
