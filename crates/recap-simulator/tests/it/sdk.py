"""Google's own SDK against the simulated Gemini; any failed assertion ends it."""

import io
import json
import sys

from google import genai
from google.genai import errors, types
from pydantic import BaseModel

MODEL = "gemini-3.5-flash-lite"


class Point(BaseModel):
    start: int
    text: str


class Segment(BaseModel):
    index: int
    title: str
    summary: str
    points: list[Point]


class Notes(BaseModel):
    segments: list[Segment]


TRANSCRIPT = "\n".join(
    f'<transcript segment="{i}" start="{i * 600}" end="{(i + 1) * 600}" video="ok_demo25m1">'
    f"Part {i} begins with the rain that falls on the hills around the city. "
    f"Then part {i} follows the water through pipes and pumps. "
    f"At the end of part {i} someone opens a tap in the kitchen.</transcript>"
    for i in range(3)
)


def client(base, key="a-key"):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base))


def faulty(fault, **more):
    options = types.HttpOptions(headers={"x-simulator-fault": fault})
    return types.GenerateContentConfig(http_options=options, **more)


def structured(**more):
    return types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=Notes.model_json_schema(), **more
    )


def check_notes(notes):
    assert [it.index for it in notes.segments] == [0, 1, 2], notes
    for segment in notes.segments:
        first, last = segment.index * 600, (segment.index + 1) * 600
        assert segment.points and all(first <= it.start < last for it in segment.points), segment
        assert f"art {segment.index} " in segment.summary, segment


def answers(it):
    plain = it.models.generate_content(model=MODEL, contents=TRANSCRIPT)
    assert "rain that falls" in plain.text, plain.text
    assert plain.usage_metadata.prompt_token_count == -(-len(TRANSCRIPT) // 4), plain.usage_metadata
    assert plain.candidates[0].finish_reason == types.FinishReason.STOP

    parsed = it.models.generate_content(model=MODEL, contents=TRANSCRIPT, config=structured())
    check_notes(Notes.model_validate_json(parsed.text))
    # The older form, with Google's own schema.
    older = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Notes)
    parsed = it.models.generate_content(model=MODEL, contents=TRANSCRIPT, config=older)
    check_notes(parsed.parsed)


def streams(it):
    pieces = list(it.models.generate_content_stream(model=MODEL, contents=TRANSCRIPT, config=structured()))
    assert len(pieces) > 3, len(pieces)
    check_notes(Notes.model_validate(json.loads("".join(piece.text for piece in pieces))))
    assert [piece.candidates[0].finish_reason for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert pieces[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert pieces[-1].usage_metadata.candidates_token_count > 0

    short = list(
        it.models.generate_content_stream(model=MODEL, contents=TRANSCRIPT, config=structured(max_output_tokens=30))
    )
    assert short[-1].candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    assert sum(len(piece.text) for piece in short) == 120


def video(it):
    clip = types.Part(
        file_data=types.FileData(file_uri="https://www.youtube.com/watch?v=ok_demo25m1"),
        video_metadata=types.VideoMetadata(start_offset="600s", end_offset="1200s", fps=0.5),
    )
    contents = types.Content(role="user", parts=[clip, types.Part(text="Summarize this clip.")])
    seen = it.models.generate_content(model=MODEL, contents=contents, config=structured())
    starts = [it.start for it in Notes.model_validate_json(seen.text).segments[0].points]
    assert all(600 <= it < 1200 for it in starts), starts


def recordings(it):
    sound = io.BytesIO(b"OggS and what follows")
    file = it.files.upload(file=sound, config={"mime_type": "audio/ogg"})
    assert file.state == types.FileState.PROCESSING and file.size_bytes == 21, file
    file = it.files.get(name=file.name)
    assert file.state == types.FileState.ACTIVE, file
    text = '<video>The night shift</video><clip start="60" end="120"></clip>'
    it.files.delete(name=file.name)
    refuses(lambda: it.files.get(name=file.name), errors.ClientError, 403, "PERMISSION_DENIED")
    gone = lambda: it.models.generate_content(model=MODEL, contents=[file, text])
    refuses(gone, errors.ClientError, 403, "PERMISSION_DENIED")


def lists(it):
    counted = it.models.count_tokens(model=MODEL, contents="x" * 400)
    assert counted.total_tokens == 100, counted
    names = [model.name for model in it.models.list(config={"page_size": 2})]
    assert len(names) == 4 and f"models/{MODEL}" in names, names
    assert it.models.get(model=MODEL).input_token_limit == 1_048_576


def refuses(call, kind, code, status):
    try:
        call()
    except kind as error:
        assert (error.code, error.status) == (code, status), error
    else:
        raise AssertionError(f"expected {code} {status}")


def errors_of(it, base):
    def ask(config=None, model=MODEL, by=it):
        return lambda: by.models.generate_content(model=model, contents="hello", config=config)

    def stream(fault):
        return lambda: list(it.models.generate_content_stream(model=MODEL, contents=TRANSCRIPT, config=faulty(fault)))

    refuses(ask(by=client(base, "bad-key")), errors.ClientError, 400, "INVALID_ARGUMENT")
    refuses(ask(model="gemini-2.0-flash"), errors.ClientError, 404, "NOT_FOUND")
    for fault, code, status in [
        ("rate_minute", 429, "RESOURCE_EXHAUSTED"),
        ("rate_day", 429, "RESOURCE_EXHAUSTED"),
        ("forbidden", 403, "PERMISSION_DENIED"),
        ("region", 400, "FAILED_PRECONDITION"),
        ("not_found", 404, "NOT_FOUND"),
    ]:
        refuses(ask(faulty(fault)), errors.ClientError, code, status)
        refuses(stream(fault), errors.ClientError, code, status)
    refuses(ask(faulty("unavailable")), errors.ServerError, 503, "UNAVAILABLE")
    refuses(ask(faulty("internal")), errors.ServerError, 500, "INTERNAL")
    refuses(stream("mid_stream_error"), errors.ServerError, 500, "INTERNAL")


def odd_endings(it):
    def ask(fault):
        return it.models.generate_content(model=MODEL, contents=TRANSCRIPT, config=faulty(fault))

    blocked = ask("blocked_prompt")
    assert not blocked.candidates and blocked.prompt_feedback.block_reason == types.BlockedReason.SAFETY
    for fault, reason in [("safety", "SAFETY"), ("recitation", "RECITATION"), ("max_tokens_empty", "MAX_TOKENS")]:
        answer = ask(fault)
        assert answer.candidates[0].finish_reason.name == reason and not answer.text, (fault, answer)
    assert ask("max_tokens_empty").usage_metadata.thoughts_token_count > 0


def main():
    base = sys.argv[1].removesuffix("/v1beta")
    it = client(base)
    answers(it)
    streams(it)
    video(it)
    recordings(it)
    lists(it)
    errors_of(it, base)
    odd_endings(it)
    print("all is well")


main()
