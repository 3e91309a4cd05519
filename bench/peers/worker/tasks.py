"""A whole job as a Python service does it: captions, ten-minute segments, a summary.

yt-dlp is a library with the options that such services usually give it; sentences are
chosen by LexRank; the result is kept in Redis. rq calls `summarize`.
"""

import json
import os
import re
import tempfile
from pathlib import Path

from redis import Redis
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.utils import get_stop_words
from yt_dlp import YoutubeDL

SEGMENT_SECONDS = 600
POINTS = 5
KEEP_SECONDS = 72 * 3600

OPTIONS = {
    "quiet": True,
    "no_warnings": True,
    "noprogress": True,
    "noplaylist": True,
    "skip_download": True,
    "writesubtitles": True,
    "writeautomaticsub": True,
    "subtitleslangs": ["en"],
    "subtitlesformat": "json3",
    "nocheckcertificate": True,
    "socket_timeout": 30,
}

redis = Redis.from_url(os.environ["REDIS_URL"])


class Tokenizer:
    """Of English; sumy's own needs data that is downloaded when it is first used."""

    SENTENCE = re.compile(r"(?<=[.!?])\s+")
    WORD = re.compile(r"[^\W\d_]+")

    def to_sentences(self, text):
        return [it for it in self.SENTENCE.split(text) if it]

    def to_words(self, sentence):
        return self.WORD.findall(sentence)


TOKENIZER = Tokenizer()
LEX_RANK = LexRankSummarizer()
LEX_RANK.stop_words = get_stop_words("english")


def summarize(video):
    info, cues = fetch(video)
    chapters = [chapter(start, said) for start, said in segments(cues)]
    summary = {
        "video_id": video,
        "title": info["title"],
        "channel": info.get("channel"),
        "duration_seconds": info.get("duration"),
        "tldr": " ".join(it["points"][0]["text"] for it in chapters if it["points"]),
        "chapters": chapters,
    }
    with redis.pipeline() as pipe:
        pipe.set(f"summary:{video}", json.dumps(summary), ex=KEEP_SECONDS)
        pipe.rpush("bench:done", video)
        pipe.execute()


def fetch(video):
    """What is known of the video, and its cues as pairs of seconds and text."""
    with tempfile.TemporaryDirectory() as folder:
        options = {**OPTIONS, "outtmpl": f"{folder}/%(id)s.%(ext)s"}
        with YoutubeDL(options) as ydl:
            info = ydl.extract_info(f"https://www.youtube.com/watch?v={video}", download=True)
        track = next(iter(info["requested_subtitles"].values()))
        events = json.loads(Path(track["filepath"]).read_bytes())["events"]
    cues = []
    for event in events:
        text = "".join(it.get("utf8", "") for it in event.get("segs", ())).strip()
        if text:
            cues.append((event["tStartMs"] / 1000, text.replace("\n", " ")))
    return info, cues


def segments(cues):
    parts = {}
    for start, text in cues:
        parts.setdefault(int(start // SEGMENT_SECONDS), []).append((start, text))
    return [(number * SEGMENT_SECONDS, said) for number, said in sorted(parts.items())]


def chapter(start, said):
    text = " ".join(text for _, text in said)
    document = PlaintextParser.from_string(text, TOKENIZER).document
    points = [{"start": seconds(said, str(it)), "text": str(it)} for it in LEX_RANK(document, POINTS)]
    return {"start": start, "points": points}


def seconds(said, sentence):
    """When a sentence begins: with the cue that holds its first words."""
    head = sentence[:20]
    return next((start for start, text in said if head in text), said[0][0])
