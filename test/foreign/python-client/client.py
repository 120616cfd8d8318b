"""Asks ways.Ways by Python's gRPC, bytes in, bytes out, and prints what came back as JSON."""

import json
import sys

import grpc

target = sys.argv[1]
as_is = lambda data: data


def ask(text, count=0, code=0):
    """`ways.Ask`, written by hand: the schema is not what is tested."""
    encoded = text.encode()
    size = len(encoded)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    message = b"\x0a" + length + encoded
    if count:
        message += b"\x10" + bytes([count])
    if code:
        message += b"\x18" + bytes([code])
    return message


outcome = {}
with grpc.insecure_channel(target, options=[("grpc.max_receive_message_length", -1)]) as channel:
    echo = channel.unary_unary("/ways.Ways/Echo", as_is, as_is)
    count = channel.unary_stream("/ways.Ways/Count", as_is, as_is)
    reflect = channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", as_is, as_is)

    reply, call = echo.with_call(ask("hi"), timeout=10, metadata=[("x-echo", "a"), ("x-echo-bin", b"\x01\x02")])
    outcome["echo"] = reply.hex()
    outcome["metadata"] = sorted(
        [key, value.hex() if isinstance(value, bytes) else value]
        for key, value in call.initial_metadata()
        if key.startswith("x-echo")
    )
    outcome["gzip"] = len(echo(ask("x" * 10000), timeout=10, compression=grpc.Compression.Gzip))
    outcome["count"] = [reply.hex() for reply in count(ask("n", count=3), timeout=10)]
    try:
        echo(ask("größer", code=9), timeout=10)
    except grpc.RpcError as error:
        outcome["error"] = [error.code().name, error.details()]
    # ListServices: field 7, empty.
    answers = list(reflect(iter([b"\x3a\x00"]), timeout=10))
    outcome["reflection"] = b"ways.Ways" in answers[0]
print(json.dumps(outcome))
