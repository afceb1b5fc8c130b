#!/usr/bin/env python3
"""Publishes each argument, or else each line of its input, and prints the event IDs:
python3 publish.py http://127.0.0.1:8000/.well-known/mercure orders/1 'hello' 'world'"""
import http.client, os, sys, time, urllib.error, urllib.parse, urllib.request, uuid

hub, topic, *events = sys.argv[1:]
token = {"Authorization": "Bearer " + os.environ["FONTE_TOKEN"]} if "FONTE_TOKEN" in os.environ else {}
for data in events or (line.rstrip("\n") for line in sys.stdin):
    form = urllib.parse.urlencode({"topic": topic, "data": data}).encode()
    # The same key at each try: what was published although its answer was lost is not published twice.
    request = urllib.request.Request(hub, form, token | {"Idempotency-Key": str(uuid.uuid4())})
    published = False
    while not published:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                print(answer.read().decode(), flush=True)
            published = True
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError) and error.code < 500 and error.code != 429:
                sys.exit(f"refused: {error.read().decode()}")
            print(f"trying again: {error}", file=sys.stderr)
            time.sleep(1)
