"""Scores summaries beside those of lead-n, LexRank and TextRank; called by `cargo xtask eval`.

Reads one JSON object per document and form, prints tables as Markdown. What each
figure means is said in introduction.md.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import time
import unicodedata
from collections import Counter, defaultdict

import numpy
from rouge_score import rouge_scorer
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.nlp.stemmers import Stemmer, null_stemmer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer
from sumy.utils import get_stop_words

ROUGES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
NAMES = {"en": "english", "de": "german", "es": "spanish", "fr": "french", "ar": "arabic"}
STOP_NAMES = NAMES | {"ja": "japanese", "zh": "chinese", "ko": "korean"}
UNSPACED = {"ja", "zh", "ko", "th"}
PEERS = {"LexRank": LexRankSummarizer, "TextRank": TextRankSummarizer}
# A line tells a point in place if it begins this near to where the point is made.
NEAR_SECONDS = 30
RANDOM_SEEDS = 20
RESAMPLES = 10_000
# Of a mean difference that is as good as none.
MARGIN = 0.005
CPU_PASSES = 3


class Language:
    """How the words of a language are found, compared and left out."""

    def __init__(self, tag):
        self.code = tag.split("-")[0].lower()
        self.english = self.code == "en"
        known = self.code in STOP_NAMES
        self.stop = frozenset(get_stop_words(STOP_NAMES[self.code]) if known else ())
        self.stem = Stemmer(NAMES[self.code]) if self.code in NAMES else null_stemmer
        if self.english:
            self.scorer = rouge_scorer.RougeScorer(ROUGES, use_stemmer=True)
        else:
            self.scorer = rouge_scorer.RougeScorer(ROUGES, tokenizer=self)

    def tokenize(self, text):
        """For ROUGE, of languages other than English."""
        return [word for word, _ in self.words(text)]

    def words(self, text):
        """Folded words and where they end: runs of letters, digits and marks; kana and han one by one."""
        if self.english:
            return [(it.group(), it.end()) for it in re.finditer(r"[a-z0-9]+", text.lower())]
        found, run, end = [], "", 0
        for at, char in enumerate(text + " "):
            category = unicodedata.category(char)
            alone = "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff"
            if run and (alone or category[0] not in "LNM"):
                found.append((unicodedata.normalize("NFKC", run).casefold(), end))
                run = ""
            if alone:
                found.append((char, at + 1))
            elif category[0] in "LNM":
                run, end = run + char, at + 1
        return found

    def to_words(self, text):
        """For sumy; pairs of characters where words are not parted."""
        if self.code in ("ja", "zh"):
            letters = [word for word, _ in self.words(text)]
            return [a + b for a, b in zip(letters, letters[1:])] or letters
        return re.findall(r"[^\W\d_]+", text)

    def content(self, text):
        return {self.stem(it) for it in self.tokenize(text) if it not in self.stop}

    def cut(self, text, most):
        """The beginning of a text, of at most so many words."""
        words = self.words(text)
        return text if len(words) <= most else text[: words[most - 1][1]]


def says(language, terms, text):
    """Whether every group of terms has an alternative in the text, at the beginning of a word."""
    start = "" if language.code in UNSPACED else r"(?<!\w)"
    folded = text.casefold()
    either = lambda it: "|".join(re.escape(word) for word in it.casefold().split("|"))
    return all(re.search(f"{start}(?:{either(it)})", folded) for it in terms)


def budgeted(language, sentences, order, budget):
    """The sentences in order of preference until they have so many words, in order of time."""
    chosen, left = [], budget
    for at in order:
        if left <= 0:
            break
        start, text = sentences[at]
        text = language.cut(text, left)
        chosen.append((at, start, text))
        left -= len(language.words(text))
    return [(start, text) for _, start, text in sorted(chosen)]


def preference(peer, language, sentences):
    """Which sentences sumy prefers, the best first."""
    summarizer = peer(language.stem)
    summarizer.stop_words = language.stop
    order = []

    def all_of_them(ranked):
        ranked = list(ranked)
        order.extend(it.order for it in ranked)
        return ranked

    summarizer(ObjectDocumentModel([Paragraph([Sentence(text, language) for _, text in sentences])]), all_of_them)
    return order


def best_for_reference(language, document):
    """What quotes could reach: greedily those that add most to ROUGE-1 and ROUGE-2."""
    token = (lambda it: language.scorer._tokenizer.tokenize(it)) if language.english else language.tokenize
    grams = lambda words: (Counter(words), Counter(zip(words, words[1:])))
    wanted = [grams(token(it)) for it in document["summaries"]]
    texts = [grams(token(text)) for _, text in document["sentences"]]
    order, have = [], (Counter(), Counter())

    def worth(extra):
        total = 0
        for reference in wanted:
            for size in (0, 1):
                mine = have[size] + extra[size]
                hits = sum((mine & reference[size]).values())
                total += 2 * hits / max(1, mine.total() + reference[size].total())
        return total

    while len(order) < min(20, len(texts)):
        best = max((it for it in range(len(texts)) if it not in order), key=lambda it: worth(texts[it]))
        order.append(best)
        have = tuple(have[it] + texts[best][it] for it in (0, 1))
    return order


def lead_of_segments(document):
    """From the beginning of every ten minutes by turns."""
    parts = defaultdict(list)
    for at, (start, _) in enumerate(document["sentences"]):
        parts[start // 600].append(at)
    longest = max(map(len, parts.values()))
    return [part[turn] for turn in range(longest) for part in parts.values() if turn < len(part)]


def systems(provider, language, document):
    """Names of systems, and what each would say, one or several times."""
    sentences, product = document["sentences"], document["product"]
    budget = sum(len(language.words(text)) for _, text in product)
    say = lambda order: [budgeted(language, sentences, order, budget)]
    everything = range(len(sentences))
    found = {provider: [product], "lead-n": say(everything), "lead-n of each 10 min": say(lead_of_segments(document))}
    for name, peer in PEERS.items():
        found[name] = say(preference(peer, language, sentences))
    seeds = [random.Random(it) for it in range(RANDOM_SEEDS)]
    found["random (mean of 20)"] = [say(it.sample(everything, len(sentences)))[0] for it in seeds]
    found["best quotes for the reference"] = say(best_for_reference(language, document))
    return found


def measure(language, document, lines):
    """Every figure of one product."""
    text = "\n".join(it for _, it in lines)
    scores = [language.scorer.score(it, text) for it in document["summaries"]]
    figures = {it: statistics.mean(score[it].fmeasure for score in scores) for it in ROUGES}
    errors = []
    for point in document["points"]:
        starts = [start for start, line in lines if says(language, point["terms"], line)]
        distance = lambda at: min(max(a - at, at - b, 0) for a, b in point["spans"])
        errors.extend([min(map(distance, starts))] if starts else [])
    if document["points"]:
        count = len(document["points"])
        figures["coverage"] = len(errors) / count
        figures["in place"] = sum(it <= NEAR_SECONDS for it in errors) / count
    figures["errors"] = errors
    bags = [language.content(it) for _, it in lines]
    alike = lambda a, b: len(a & b) / len(a | b) if a | b else 0
    others = lambda at: [alike(bags[at], it) for other, it in enumerate(bags) if other != at]
    figures["redundancy"] = statistics.mean(max(others(it)) for it in range(len(bags))) if len(bags) > 1 else 0
    figures["words"] = len(language.words(text))
    figures["lines"] = len(lines)
    said = sum(len(language.words(it)) for _, it in document["sentences"])
    figures["share"] = figures["words"] / max(1, said)
    return figures


def mean_of(figures):
    """The mean of each figure; times are put together."""
    found = {it: statistics.mean(x[it] for x in figures if it in x) for it in figures[0] if it != "errors"}
    found["errors"] = [error for it in figures for error in it["errors"]]
    return found


def row(cells):
    return "| " + " | ".join(cells) + " |"


def head(cells):
    return row(cells) + "\n" + row(["---"] + ["---:"] * (len(cells) - 1))


def table(talks):
    """One row a system; `talks` holds the figures of each system by the name of the talk."""
    names = ["", "R-1", "R-2", "R-L", "R-Lsum", "coverage", "in place", "s off, median"]
    print(head(names + ["s off, p90", "redundancy", "words", "lines", "share"]))
    for system in next(iter(talks.values())):
        all_of_it = mean_of([it[system] for it in talks.values()])
        cells = [system] + [f"{all_of_it[it]:.3f}" for it in ROUGES]
        cells += [f"{all_of_it[it]:.2f}" if it in all_of_it else "–" for it in ("coverage", "in place")]
        errors = all_of_it["errors"]
        cells += [f"{numpy.percentile(errors, it):.0f}" if errors else "–" for it in (50, 90)]
        cells += [f"{all_of_it['redundancy']:.2f}", f"{all_of_it['words']:.0f}"]
        cells += [f"{all_of_it['lines']:.1f}", f"{all_of_it['share']:.2f}"]
        print(row(cells))
    print()


def verdict(provider, talks):
    """Paired bootstrap over talks of what the provider has more than the others."""
    print(head(["", "R-1", "R-2", "R-L", "R-Lsum", "coverage"]))
    generator = numpy.random.default_rng(27)
    draws = generator.integers(0, len(talks), (RESAMPLES, len(talks)))
    short = []
    for other in ("lead-n", "LexRank", "TextRank"):
        cells = [f"more than {other}"]
        for figure in ROUGES + ["coverage"]:
            pairs = [(it[provider], it[other]) for it in talks.values() if figure in it[provider]]
            more = numpy.array([a[figure] - b[figure] for a, b in pairs])
            if len(more) < len(talks):
                cells.append("–")
                continue
            low, high = numpy.percentile(more[draws].mean(axis=1), [2.5, 97.5])
            if low > 0:
                word = "above"
            elif more.mean() >= 0 or (high >= 0 and more.mean() >= -MARGIN):
                word = "level"
            else:
                word = "below"
            cells.append(f"{more.mean():+.3f} ({low:+.3f} to {high:+.3f}) {word}")
            if word == "below" or (word == "level" and other == "lead-n"):
                short.append(f"{figure} against {other}")
        print(row(cells))
    wish = "Wished for: above lead-n, and at least level with LexRank and TextRank"
    print(f"\n{wish}. Falls short in: {', '.join(short) or 'nothing'}.\n")


def check_terms(language, document):
    """A point must at least be told by its own text."""
    for point in document["points"]:
        if not says(language, point["terms"], point["text"]):
            print(f"   {document['name']}: “{point['text']}” does not say {point['terms']}", file=sys.stderr)


def quality(provider, documents):
    """The tables of one split, by language."""
    groups = {"English": {}, "Other languages": {}}
    for name, forms in documents.items():
        language = Language(forms[0]["language"])
        check_terms(language, forms[0])
        scored = []
        for form in forms:
            said = systems(provider, language, form)
            scored.append({it: mean_of([measure(language, form, lines) for lines in said[it]]) for it in said})
        each = {form["form"]: it for form, it in zip(forms, scored)}
        both = {it: mean_of([x[it] for x in scored]) for it in scored[0]}
        groups["English" if language.english else "Other languages"][name] = (both, each)
        print(f"   {name} is scored", file=sys.stderr)
    for group, talks in groups.items():
        if not talks:
            continue
        minutes = sum(documents[it][0]["seconds"] for it in talks) / 60
        talk = "talk" if len(talks) == 1 else "talks"
        print(f"### {group}: {len(talks)} {talk}, {minutes:.0f} minutes\n")
        table({name: both for name, (both, _) in talks.items()})
        if len(talks) > 1:
            verdict(provider, {name: both for name, (both, _) in talks.items()})
        print("ROUGE-1 / ROUGE-2 / ROUGE-L / coverage of each form, and of each talk:\n")
        by_form_and_talk(talks)


def by_form_and_talk(talks):
    names = [it for it in next(iter(talks.values()))[0] if not it.startswith(("random", "best", "lead-n of"))]
    print(head([""] + names))
    covered = lambda it: [f"{it['coverage']:.2f}"] if "coverage" in it else []
    brief = lambda it: " / ".join([f"{it[x]:.3f}" for x in ROUGES[:3]] + covered(it))
    for form in ("written", "automatic"):
        print(row([f"*{form}*"] + [brief(mean_of([each[form][it] for _, each in talks.values()])) for it in names]))
    for name, (both, _) in talks.items():
        print(row([name] + [brief(both[it]) for it in names]))
    print()


def chapters(documents):
    """Whether chapters begin where the talk's own do."""
    rows = defaultdict(list)
    for form in (it for forms in documents.values() for it in forms):
        wanted = [it for it in form["headings"] if it > 1]
        if not wanted:
            continue
        found = [it for it in form["chapters"] if it > 1]
        even = [form["seconds"] * (it + 1) / (len(found) + 1) for it in range(len(found))]
        for name, times in (("found", found), ("as many, evenly", even)):
            hits = sum(any(abs(a - b) <= NEAR_SECONDS for b in times) for a in wanted)
            right = sum(any(abs(a - b) <= NEAR_SECONDS for b in wanted) for a in times)
            rows[name].append((len(times), len(wanted), hits, right))
    if not rows:
        return
    print(f"### Chapters: those found within {NEAR_SECONDS} s of the talk's own\n")
    print(head(["", "chapters begun", "of the talks", "precision", "recall"]))
    for name, counts in rows.items():
        times, wanted, hits, right = map(sum, zip(*counts))
        print(row([name, str(times), str(wanted), f"{right / max(1, times):.2f}", f"{hits / max(1, wanted):.2f}"]))
    print()


def cpu_of(work):
    """Seconds of CPU, the best of several passes."""
    best = float("inf")
    for _ in range(CPU_PASSES):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return best


def segments(sentences):
    parts = defaultdict(list)
    for it in sentences:
        parts[it[0] // 600].append(it)
    return parts.values()


def start_of_process():
    """CPU that Python takes to be ready to summarise."""
    code = (
        "import resource, numpy, sumy.summarizers.lex_rank, sumy.summarizers.text_rank\n"
        "import sumy.nlp.stemmers; sumy.nlp.stemmers.Stemmer('english')\n"
        "used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime)"
    )
    command = [sys.executable, "-c", code]
    run = lambda: subprocess.run(command, capture_output=True, check=True).stdout
    return min(float(run()) for _ in range(CPU_PASSES))


def cpu(provider, forms):
    """CPU for an hour of video, of each system in each way of counting."""
    hours = sum(it["seconds"] for it in forms) / 3600
    ours = sum(it["cpu_seconds"] for it in forms) / hours
    rows = {"whole videos": {}, "in segments of ten minutes": {}, "whole videos, and a process for each": {}}
    start = start_of_process() * len(forms) / hours
    for name, peer in PEERS.items():
        whole = parts = 0
        for form in forms:
            language = Language(form["language"])
            whole += cpu_of(lambda: preference(peer, language, form["sentences"]))
            parts += cpu_of(lambda: [preference(peer, language, it) for it in segments(form["sentences"])])
        for row_name, value in zip(rows, (whole, parts, whole + start * hours)):
            rows[row_name][name] = value / hours
    print(f"## CPU\n\nMilliseconds for an hour of video, over all {len(forms)} transcripts ({hours:.1f} hours).\n")
    print(head(["", provider] + [cell for it in PEERS for cell in (it, "times ours")]))
    for name, found in rows.items():
        cells = [cell for it in found.values() for cell in (f"{it * 1000:.0f}", f"{it / ours:.0f}")]
        print(row([f"peers: {name}", f"{ours * 1000:.1f}"] + cells))
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records")
    parser.add_argument("--quick", action="store_true", help="leave out CPU")
    parser.add_argument("--provider", default="extractive")
    options = parser.parse_args()
    with open(options.records, encoding="utf-8") as lines:
        forms = [json.loads(it) for it in lines]
    splits = defaultdict(lambda: defaultdict(list))
    for form in forms:
        splits[form["split"]][form["name"]].append(form)
    for split in sorted(splits, reverse=True):
        print(f"## Split `{split}`\n")
        quality(options.provider, splits[split])
        chapters(splits[split])
    calls, tokens = (sum(it[x] for it in forms) for x in ("calls", "tokens"))
    print(f"Calls to a model: {calls}, tokens: {tokens}.\n")
    if not options.quick:
        cpu(options.provider, forms)


main()
