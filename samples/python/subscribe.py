#!/usr/bin/env python3
"""Prints a topic's events (event ID, type, data), and after a break goes on where it was. The third argument is the last event ID to begin with:
python3 subscribe.py http://127.0.0.1:8000/.well-known/mercure orders/1 earliest"""
import http.client, os, sys, time, urllib.error, urllib.parse, urllib.request

hub, topic, last_event_id, *_ = sys.argv[1:] + [""]
token = {"Authorization": "Bearer " + os.environ["FONTE_TOKEN"]} if "FONTE_TOKEN" in os.environ else {}
wait = 3.0
while True:
    headers = token | ({"Last-Event-ID": last_event_id} if last_event_id else {})
    request = urllib.request.Request(hub + "?" + urllib.parse.urlencode({"match": topic}), headers=headers)
    try:
        # The hub gives a sign of life every 15 seconds: who hears nothing for a minute has lost it.
        with urllib.request.urlopen(request, timeout=60) as stream:
            fields, data = {}, []
            for line in stream:
                name, _, value = line.decode().rstrip("\n").partition(":")
                if name == "data":
                    data.append(value.removeprefix(" "))
                elif line != b"\n":
                    fields[name] = value.removeprefix(" ")
                else:  # The block is complete; one that was cut off before its empty line does not count.
                    last_event_id, wait = fields.get("id", last_event_id), int(fields.get("retry", wait * 1000)) / 1000
                    if data:
                        print(last_event_id, fields.get("event", "message"), "\n".join(data), flush=True)
                    fields, data = {}, []
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError) and 400 <= error.code < 500:
            sys.exit(f"refused: {error.read().decode()}")
    time.sleep(wait)
