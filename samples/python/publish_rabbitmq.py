#!/usr/bin/env python3
"""Publishes an event straight to the RabbitMQ of hubs (Debian: python3-pika):
python3 publish_rabbitmq.py amqp://guest:guest@127.0.0.1:5672 orders/1 '{"total": 12.5}'"""
import sys

import pika

url, topic, data = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
# Then basic_publish returns when the broker has the event, and raises otherwise.
channel.confirm_delivery()
channel.basic_publish(
    exchange="fonte",
    routing_key="orders",
    body=data.encode(),
    mandatory=True,
    properties=pika.BasicProperties(type="order.paid", headers={"topic": topic}),
)
connection.close()
