"""The official client of the OpenAI API against the simulated server; any failed assertion ends it."""

import json
import sys

import openai
from openai import OpenAI
from pydantic import BaseModel, ConfigDict

MODEL = "small-1"
SHAPE = sys.argv[2]


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid")
    start: int
    text: str


class Notes(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    summary: str
    points: list[Point]


TRANSCRIPT = (
    '<transcript segment="1" start="600" end="1200" video="ok_demo25m1">'
    "It begins with the rain that falls on the hills around the city. "
    "Then it follows the water through pipes and pumps. "
    "At the end someone opens a tap in the kitchen.</transcript>"
)
MESSAGES = [{"role": "system", "content": "Take notes as JSON."}, {"role": "user", "content": TRANSCRIPT}]
SCHEMA = {
    "type": "json_schema",
    "json_schema": {"name": "notes", "strict": True, "schema": Notes.model_json_schema()},
}


def client(key="a-key"):
    return OpenAI(base_url=sys.argv[1], api_key=key, max_retries=0)


def create(it, fault=None, **more):
    headers = {"x-simulator-fault": fault} if fault else {}
    return it.chat.completions.create(
        **{"model": MODEL, "messages": MESSAGES, **more}, extra_headers=headers
    )


def check_notes(text):
    notes = Notes.model_validate(json.loads(text))
    assert notes.points and all(600 <= it.start < 1200 for it in notes.points), notes
    assert "rain that falls" in notes.summary, notes


def answers(it):
    plain = create(it)
    assert "rain that falls" in plain.choices[0].message.content, plain
    assert plain.choices[0].finish_reason == "stop" and plain.usage.completion_tokens > 0, plain
    check_notes(create(it, response_format=SCHEMA).choices[0].message.content)
    parsed = it.chat.completions.parse(model=MODEL, messages=MESSAGES, response_format=Notes)
    assert parsed.choices[0].message.parsed.points, parsed
    loose = create(it, response_format={"type": "json_object"})
    assert json.loads(loose.choices[0].message.content), loose
    short = create(it, **{"max_completion_tokens" if SHAPE != "ollama" else "max_tokens": 5})
    assert short.choices[0].finish_reason == "length" and len(short.choices[0].message.content) == 20, short


def streams(it):
    chunks = list(create(it, response_format=SCHEMA, stream=True, stream_options={"include_usage": True}))
    text = "".join(it.choices[0].delta.content or "" for it in chunks if it.choices)
    check_notes(text)
    assert len(chunks) > 5, len(chunks)
    assert [it.choices[0].finish_reason for it in chunks if it.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.prompt_tokens > 0, chunks[-1]
    with it.chat.completions.stream(model=MODEL, messages=MESSAGES, response_format=Notes) as stream:
        final = stream.get_final_completion()
    assert final.choices[0].message.parsed.points, final


def thoughts(it):
    if SHAPE == "openai":
        return
    message = create(it, model="thinker-1").choices[0].message
    told = getattr(message, "reasoning", None) or getattr(message, "reasoning_content", None)
    assert told and told not in message.content, message


def refuses(call, kind, status=None):
    try:
        call()
    except kind as error:
        assert status is None or error.status_code == status, (status, error)
    else:
        raise AssertionError(f"expected {kind} {status}")


def errors_of(it):
    def ask(fault):
        return lambda: create(it, fault)

    if SHAPE != "ollama":
        refuses(lambda: create(client("bad-key")), openai.AuthenticationError, 401)
    if SHAPE == "llama_cpp":
        assert create(it, model="whatever").model == "/models/some.gguf"
        refuses(ask("not_found"), openai.BadRequestError, 400)
    else:
        refuses(lambda: create(it, model="no-such"), openai.NotFoundError, 404)
    refuses(ask("rate"), openai.RateLimitError, 429)
    refuses(ask("day"), openai.RateLimitError, 429)
    refuses(ask("credit"), openai.APIStatusError, 402 if SHAPE == "openrouter" else 429)
    refuses(ask("unauthorized"), openai.AuthenticationError, 401)
    refuses(ask("forbidden"), openai.PermissionDeniedError, 403)
    refuses(ask("internal"), openai.InternalServerError, 500)
    refuses(ask("loading"), openai.InternalServerError, 503)
    refuses(ask("too_long"), openai.BadRequestError, 400)
    refuses(lambda: create(it, "no_schema", response_format=SCHEMA), openai.BadRequestError, 400)
    refuses(lambda: create(it, messages=[]), openai.BadRequestError, 400)
    if SHAPE == "openai":
        refuses(lambda: create(it, max_tokens=9), openai.BadRequestError, 400)
        refuses(lambda: create(it, extra_body={"num_ctx": 9}), openai.BadRequestError, 400)
        refuses(lambda: create(it, reasoning_effort="none"), openai.BadRequestError, 400)
    if SHAPE == "ollama":
        refuses(lambda: create(it, reasoning_effort="low"), openai.BadRequestError, 400)
    if SHAPE == "vllm":
        refuses(lambda: create(it, stream_options={"include_usage": True}), openai.BadRequestError, 400)


def broken_streams(it):
    def read(fault):
        return list(create(it, fault, stream=True))

    if SHAPE == "ollama":
        # Nothing says that it failed, but that it does not end.
        assert all(chunk.choices[0].finish_reason is None for chunk in read("mid_stream_error"))
    else:
        refuses(lambda: read("mid_stream_error"), openai.APIError)
    refuses(lambda: read("cut_stream"), Exception)


def odd_endings(it):
    assert create(it, "content_filter").choices[0].finish_reason == "content_filter"
    assert create(it, "refusal").choices[0].message.refusal
    empty = create(it, "max_tokens_empty").choices[0]
    assert empty.finish_reason == "length" and not empty.message.content, empty


def main():
    it = client()
    assert MODEL in [model.id for model in it.models.list()]
    answers(it)
    streams(it)
    thoughts(it)
    errors_of(it)
    broken_streams(it)
    odd_endings(it)
    print("all is well")


main()
