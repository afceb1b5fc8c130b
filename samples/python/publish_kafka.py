#!/usr/bin/env python3
"""Publishes an event straight to the Kafka of hubs (Debian: python3-confluent-kafka):
python3 publish_kafka.py 127.0.0.1:9092 orders/1 '{"total": 12.5}'"""
import sys

from confluent_kafka import Producer

servers, topic, data = sys.argv[1:]
outcome = []
producer = Producer({"bootstrap.servers": servers, "acks": "all", "enable.idempotence": True})
producer.produce(
    "fonte",
    value=data.encode(),
    headers=[("topic", topic.encode()), ("type", b"order.paid")],
    on_delivery=lambda error, message: outcome.append(error),
)
producer.flush(10)
sys.exit(0 if outcome == [None] else f"not published: {outcome}")
