"""Imports yt-dlp once and forks a process for each run of it.

Requests come as lines of JSON on standard input, answers go as lines of JSON to
standard output; `wire.rs` describes both. Whatever ends this process ends every
run too: at the end of its input it kills them, and the kernel does if it dies.
"""

import ctypes
import gc
import io
import json
import os
import resource
import selectors
import signal
import sys
import traceback

PR_SET_PDEATHSIG = 1
CHUNK = 65536
# Prepared command lines that are kept: two ways of asking, with a few tracks.
MOST_PREPARED = 8

libc = ctypes.CDLL(None)
selector = selectors.DefaultSelector()
runs = {}
prepared = {}


def send(kind, **fields):
    line = json.dumps({"kind": kind, **fields}, ensure_ascii=False) + "\n"
    data = line.encode("utf-8", "replace")
    while data:
        data = data[os.write(answers, data) :]


def resident_kb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 1024


# What is done once for all runs


def load(archive):
    """Imports yt-dlp, with what it would import while it runs."""
    if archive:
        sys.path.insert(0, archive)
    global yt_dlp
    import yt_dlp
    import yt_dlp.downloader.http
    import yt_dlp.extractor.extractors
    import yt_dlp.extractor.youtube
    import yt_dlp.networking
    from yt_dlp.globals import IN_CLI, plugin_dirs

    # As the command line does: without plugins, and with its wording of problems.
    IN_CLI.value = True
    plugin_dirs.value = []
    return yt_dlp.version.__version__


def prepare(argv):
    """A YoutubeDL as `yt-dlp *argv` makes it, all but its address.

    `None` if that fails: the run then goes through the command line's own entry
    and fails there in the same words as ever.
    """
    key = tuple(argv[:-1])
    if key in prepared:
        # The one that was not asked for longest is the first to go.
        prepared[key] = prepared.pop(key)
        return prepared[key]
    # The list of a playlist has nothing of what is rehearsed.
    first = "--flat-playlist" not in key and all("--flat-playlist" in it for it in prepared)
    if len(prepared) >= MOST_PREPARED:
        del prepared[next(iter(prepared))]
    try:
        if first:
            rehearse(argv)
        prepared[key] = yt_dlp.YoutubeDL(yt_dlp.parse_options(argv).ydl_opts)
    except BaseException:
        prepared[key] = None
    # A fork must not say again what was said here.
    sys.stdout.flush()
    sys.stderr.flush()
    # What lives on is never looked at by a collection, which would copy its pages.
    gc.collect()
    gc.freeze()
    return prepared[key]


VIDEO = "aaaaaaaaaaa"
HOST = "https://www.youtube.com"
FORMAT = {"bitrate": 1, "contentLength": "1", "approxDurationMs": "1000"}
ANSWERS = {
    "/next": {
        "contents": {
            "twoColumnWatchNextResults": {
                "results": {
                    "results": {
                        "contents": [
                            {"videoPrimaryInfoRenderer": {"dateText": {"simpleText": "Jan 2, 2024"}}},
                            {"videoSecondaryInfoRenderer": {
                                "owner": {"videoOwnerRenderer": {"title": {"runs": [{"text": "A"}]}}},
                            }},
                        ],
                    },
                },
            },
        },
    },
    "/player": {
        "playabilityStatus": {"status": "OK"},
        "videoDetails": {
            "videoId": VIDEO,
            "title": "T",
            "lengthSeconds": "1",
            "shortDescription": "0:00 A",
        },
        "captions": {"playerCaptionsTracklistRenderer": {"captionTracks": [
            {"baseUrl": f"{HOST}/api/timedtext?v={VIDEO}&lang=en", "languageCode": "en", "vssId": ".en"},
        ]}},
        "streamingData": {"adaptiveFormats": [
            {"itag": 140, "url": f"{HOST}/a", "mimeType": 'audio/mp4; codecs="mp4a.40.2"', **FORMAT},
            {"itag": 137, "url": f"{HOST}/v", "mimeType": 'video/mp4; codecs="avc1.640028"', **FORMAT},
        ]},
    },
    "": {"events": []},
}


def rehearse(argv):
    """Runs once on a made-up video, without a network.

    Patterns are compiled and modules loaded here that every run would have to
    compile and load again. Nothing depends on its success.
    """
    import _strptime  # noqa: F401
    import encodings.idna  # noqa: F401

    def urlopen(request):
        url = request if isinstance(request, str) else request.url
        body = next(body for part, body in ANSWERS.items() if part in url)
        data = io.BytesIO(json.dumps(body).encode())
        return yt_dlp.networking.Response(data, url, {"Content-Type": "application/json"})

    try:
        ydl = yt_dlp.YoutubeDL(yt_dlp.parse_options(argv).ydl_opts)
        ydl.urlopen = urlopen
        ydl.download([f"{HOST}/watch?v={VIDEO}"])
    except BaseException:
        pass


# One run, in a process of its own


def child(request, pipes, parent):
    """Does the run, and does not return."""
    code = 1
    try:
        confine(request, pipes, parent)
        code = perform(request["arguments"], prepared.get(tuple(request["arguments"][:-1])))
    except SystemExit as error:
        code = status_of(error)
    except BaseException as error:
        # First without memory of its own, in case there is none.
        os.write(2, type(error).__name__.encode() + b"\n")
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code & 0xFF)


def confine(request, pipes, parent):
    os.setpgid(0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Whoever is to end it in time may be gone or stuck.
    signal.alarm(request["seconds"])
    null = os.open(os.devnull, os.O_RDWR)
    for target, source in enumerate((null, *pipes)):
        os.dup2(source, target)
    os.closerange(3, max(map(int, os.listdir("/proc/self/fd"))) + 1)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for limit, name in (("memory_bytes", "RLIMIT_AS"), ("file_bytes", "RLIMIT_FSIZE")):
        if request[limit] is not None:
            set_limit(name, request[limit])
    set_limit("RLIMIT_CORE", 0)


def set_limit(name, value):
    resource.setrlimit(getattr(resource, name), (value, value))


def perform(argv, ydl):
    """What `yt_dlp.main(argv)` does once it has read its arguments."""
    if ydl is None:
        sys.argv = ["yt-dlp", *argv]
        yt_dlp.main(argv)
        return 0
    try:
        with ydl:
            return ydl.download(argv[-1:])
    except yt_dlp.DownloadCancelled:
        return 101
    except yt_dlp.utils.DownloadError:
        return 1


def status_of(error):
    if isinstance(error.code, str):
        print(error.code, file=sys.stderr)
        return 1
    return error.code or 0


# The process that forks


class Run:
    """A run that has not ended."""

    def __init__(self, request):
        prepare(request["arguments"])
        self.id = request["id"]
        self.room = request["output_bytes"]
        out, err = os.pipe(), os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            child(request, (out[1], err[1]), parent)
        try:
            os.setpgid(self.pid, self.pid)
        except OSError:
            # It has done so itself, or has ended.
            pass
        self.kept = {out[0]: bytearray(), err[0]: bytearray()}
        for pipe in (out, err):
            os.close(pipe[1])
            os.set_blocking(pipe[0], False)
            selector.register(pipe[0], selectors.EVENT_READ, lambda it=pipe[0]: self.read(it))
        self.open = set(self.kept)
        runs[self.id] = self
        send("started", id=self.id, pid=self.pid)

    def read(self, pipe):
        """Keeps what there is room for, drops the rest; false when there is no more now."""
        try:
            data = os.read(pipe, CHUNK)
        except BlockingIOError:
            return False
        kept = self.kept[pipe]
        kept += data[: self.room - len(kept)]
        if not data:
            selector.unregister(pipe)
            self.open.discard(pipe)
            os.close(pipe)
        return bool(data)

    def kill(self):
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError:
            # Nobody is left.
            pass

    def has_ended(self):
        """As a zombie it still holds its number, so its group can be killed safely."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self):
        self.kill()
        _, status, usage = os.wait4(self.pid, 0)
        del runs[self.id]
        for pipe in list(self.open):
            while self.read(pipe):
                pass
            if pipe in self.open:
                # Somebody left the group and took it along.
                selector.unregister(pipe)
                os.close(pipe)
        out, err = (it.decode("utf-8", "replace") for it in self.kept.values())
        send(
            "ended",
            id=self.id,
            status=status,
            stdout=out,
            stderr=err,
            cpu_us=int((usage.ru_utime + usage.ru_stime) * 1e6),
            peak_kb=usage.ru_maxrss,
            resident_kb=resident_kb(),
        )


class Requests:
    """Lines of standard input."""

    rest = b""

    def read(self):
        data = os.read(0, CHUNK)
        if not data:
            raise EOFError
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if request["kind"] == "run":
                Run(request)
            elif request["id"] in runs:
                runs[request["id"]].kill()


def watch_children():
    """Ends runs as their processes end, of which a signal tells."""
    told, tell = os.pipe()
    os.set_blocking(told, False)
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)

    def look():
        os.read(told, CHUNK)
        for run in [it for it in runs.values() if it.has_ended()]:
            run.end()

    selector.register(told, selectors.EVENT_READ, look)


def serve(archive):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    send("ready", version=load(archive), resident_kb=resident_kb())
    selector.register(0, selectors.EVENT_READ, Requests().read)
    watch_children()
    while True:
        for key, _ in selector.select():
            # An earlier one may have closed it, and another have got its number.
            if selector.get_map().get(key.fd) is key:
                key.data()


# Nothing but answers may get between the answers.
answers = os.dup(1)
nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(nowhere, 1)
os.dup2(nowhere, 2)
try:
    serve(sys.argv[1] if len(sys.argv) > 1 else None)
except EOFError:
    pass
except BaseException as error:
    try:
        send("fault", problem=f"{type(error).__name__}: {error}")
    except OSError:
        pass
finally:
    for run in runs.values():
        run.kill()
    for run in runs.values():
        os.waitpid(run.pid, 0)
    os._exit(0)
