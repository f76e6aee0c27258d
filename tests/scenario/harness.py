"""The program as its users see it: command lines, a running server, what it answers.

PROGRAM is set by run.py. Nothing here knows the inside of Sekisho.
"""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

PROGRAM = ""  # path of sekisho
ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "ngram.model"

SAFE_TEXT = "今日の天気を教えてください。"
MY_NUMBER = "123456789018"  # its check digit is right
UNSAFE_TEXT = f"私のマイナンバーは{MY_NUMBER}です。"  # a detector finds it, whatever the model says
INSULT = "この役立たず、二度と顔を見せるな。"

ULID = re.compile(r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")
BUILT_IN_CATEGORIES = [
    "violence", "violence/graphic", "self-harm", "hate", "harassment", "sexual", "sexual/minors",
    "illicit/drugs", "illicit/weapons", "illicit/bio", "illicit/property", "illicit/financial",
    "illicit/cybercrime", "privacy/doxxing", "privacy/self", "privacy/request", "injection",
    "secret"]

SAFE, UNSAFE, UNJUDGED, REFUSED = 0, 1, 2, 3  # exit statuses
# A sanitizer makes everything several times slower; no time here is a measurement.
PATIENCE_S = 60


def strict_json(text):
    """JSON as it should be: an object never has a key twice."""
    def no_twins(pairs):
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"keys twice in {keys}"
        return dict(pairs)
    return json.loads(text, object_pairs_hook=no_twins)


class Done:
    """What a command did."""

    def __init__(self, completed):
        self.status = completed.returncode
        self.out = completed.stdout.decode("utf-8")
        self.err = completed.stderr.decode("utf-8")

    @property
    def objects(self):
        """Standard output as one JSON object a line."""
        return [strict_json(line) for line in self.out.splitlines()]

    def __repr__(self):
        return f"status {self.status}\n--- out\n{self.out}--- err\n{self.err}"


def sekisho(*arguments, stdin=b"", **options):
    return Done(subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True,
                               timeout=PATIENCE_S, check=False, **options))


def make_key(data, *options):
    done = sekisho("key", "create", "--data", data, "--name", "scenario", *options)
    assert done.status == 0, done
    return done.out.splitlines()[-1]


def journal(data, *options):
    done = sekisho("journal", "query", "--data", data, "--json", "--limit", 0, *options)
    assert done.status == 0, done
    return done.objects


class Answer:
    """A response of the server."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def json(self):
        return strict_json(self.body.decode("utf-8"))

    def __repr__(self):
        return f"{self.status} {self.headers}\n{self.body.decode('utf-8', 'replace')[:2000]}"


class Server:
    """A running `sekisho serve`. Unless it is killed, it must end with exit status 0."""

    def __init__(self, data, *options):
        self.data = pathlib.Path(data)
        self.key = make_key(data)
        self._killed = False
        self._kept = threading.local()  # a connection a thread
        self._out = tempfile.TemporaryFile()
        self._err = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data), "--listen", "127.0.0.1:0", *map(str, options)],
            stdout=self._out, stderr=self._err, stdin=subprocess.DEVNULL)
        try:
            self.port = self._wait_for_port()
        except BaseException:
            self.kill()
            raise

    def _read(self, file):
        size = os.fstat(file.fileno()).st_size  # the child shares our file position
        return os.pread(file.fileno(), size, 0).decode("utf-8")

    @property
    def out(self):
        return self._read(self._out)

    @property
    def err(self):
        return self._read(self._err)

    def _wait_for_port(self):
        def announced():
            assert self.process.poll() is None, f"serve ended at once:\n{self.out}{self.err}"
            return re.search(r"http://127\.0\.0\.1:(\d+)\n", self.out)
        return int(wait_for(announced, "the server's address")[1])

    # ---- asking

    def ask(self, method, path, body=None, key="", headers=None):
        """`body`: bytes as they are, anything else as JSON. `key`: "" is the server's own."""
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if key is not None:
            sent["Authorization"] = f"Bearer {key or self.key}"
        sent.update(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode("utf-8")
        connection = getattr(self._kept, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            self._kept.connection = connection
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        if response.will_close:
            self.hang_up()
        return answer

    def hang_up(self):
        connection = getattr(self._kept, "connection", None)
        if connection is not None:
            connection.close()
        self._kept.connection = None

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body, **options):
        return self.ask("POST", path, body, **options)

    def judge(self, *texts, **fields):
        """The results of our own contract."""
        answer = self.post("/v1/judge", {"texts": list(texts), **fields})
        assert answer.status == 200, answer
        return answer.json["results"]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    # ---- ending

    def stop(self):
        """SIGTERM, unless it has ended; the exit status and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S), time.monotonic() - began

    def kill(self):
        self._killed = True
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hang_up()
        if not self._killed:
            status, _ = self.stop()
            assert status == 0, f"serve ended with {status}:\n{self.err}"
        self._out.close()
        self._err.close()


def wait_for(condition, what, seconds=PATIENCE_S):
    """The first true value of `condition`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.02)


def read_response(connection):
    """What comes back over a plain socket."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return Answer(response.status, response.getheaders(), response.read())


def raw_request(server, body, path="/v1/judge", content_length=None):
    """The bytes of a POST."""
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.key}\r\n"
            f"Content-Type: application/json\r\n"
            f"Content-Length: {len(body) if content_length is None else content_length}\r\n\r\n"
            ).encode("ascii") + body


def ids_in(answer):
    """The ids of the journal entries that an answer names."""
    found = []
    def walk(value):
        if isinstance(value, dict):
            if isinstance(value.get("id"), str):
                found.append(value["id"])
            for child in value.values():
                walk(child)
        elif isinstance(value, list):
            for child in value:
                walk(child)
    walk(answer.json)
    return [id[-26:] for id in found if ULID.match(id[-26:])]  # OpenAI's begin with modr-


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix="sekisho-scenario-")


class Assertions(unittest.TestCase):
    """What the scenarios check alike."""

    def assert_openai_error(self, answer, status, code, param=None):
        self.assertEqual(answer.status, status, answer)
        error = answer.json
        self.assertEqual(list(error), ["error"], answer)
        self.assertEqual(list(error["error"]), ["message", "type", "param", "code"], answer)
        self.assertTrue(error["error"]["message"])
        self.assertEqual((error["error"]["code"], error["error"]["param"]), (code, param), answer)

    def assert_flat_error(self, answer, status, code, field=None):
        self.assertEqual(answer.status, status, answer)
        error = answer.json
        self.assertEqual(list(error), ["code", "message", "details"], answer)
        self.assertTrue(error["message"])
        self.assertEqual((error["code"], error["details"]),
                         (code, field and {"field": field}), answer)

    def assert_recorded(self, answered, also_others=False):
        """Every id is in the journal, once; nothing else is, unless `also_others`."""
        kept = [entry["id"] for entry in journal(self.data)]
        self.assertEqual(len(kept), len(set(kept)), "an id is in the journal twice")
        self.assertEqual(sorted(set(answered) - set(kept)), [], "answered, not in the journal")
        if not also_others:
            self.assertEqual(sorted(set(kept) - set(answered)), [], "in the journal, not answered")


class Scenario(Assertions):
    """A test with a data folder of its own."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(temporary_folder()))
        self.data = self.folder / "data"

    def serve(self, *options):
        return self.enterContext(Server(self.data, *options))


class ServedScenario(Assertions):
    """Tests that share one server. At the end its journal must hold every id it has answered."""
    OPTIONS = ()

    @classmethod
    def prepare(cls):
        """Puts files into cls.data before the server starts."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(temporary_folder()))
        cls.data = cls.folder / "data"
        cls.prepare()
        cls.server = cls.enterClassContext(Server(cls.data, *cls.OPTIONS))
        cls.answered = []

    def post(self, path, body, **options):
        """Expects 200; gives the answer's JSON and keeps its ids."""
        answer = self.server.post(path, body, **options)
        self.assertEqual(answer.status, 200, answer)
        self.answered += ids_in(answer)
        return answer.json

    def tearDown(self):
        # Calls that failed as a whole may have recorded texts that were judged before.
        self.assert_recorded(self.answered, also_others=True)
