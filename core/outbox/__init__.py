"""The outbox: whatever leaves by itself is written with what it tells of, sent by a worker, and tried a few times.

Apps say who is told, and register a topic that turns a row into a message. The outbox knows no app.
"""
