"""Judgements are not lost: whatever was answered is in the journal, once."""
import http.client
import itertools
import os
import random
import subprocess
import threading

import harness
from harness import (MY_NUMBER, REFUSED, SAFE_TEXT, Scenario, Server, UNSAFE_TEXT, ids_in, journal,
                     sekisho, strict_json, wait_for)

KILLS = int(os.environ.get("SEKISHO_KILLS", "3"))
ENTRY_KEYS = ["id", "time", "tenant", "key_id", "request_id", "side", "contract", "category_set",
              "category_set_version", "text", "code_points", "fingerprint", "verdict"]


class Load:
    """Clients that ask one thing after the other until they are told to stop or nobody answers."""

    def __init__(self, server, clients=4):
        self.server = server
        self.answered = []  # ids that whole answers named
        self.refused = []   # answers other than 200
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask_on, args=[number])
                         for number in range(clients)]
        for thread in self._threads:
            thread.start()

    def _ask_on(self, client):
        try:
            self._ask_until_told(client)
        except (OSError, http.client.HTTPException):
            pass  # nobody answers any more
        finally:
            self.server.hang_up()

    def _ask_until_told(self, client):
        for number in itertools.count():
            if self._stopped.is_set():
                return
            text = f"{client}番の窓口で{number}人目のお客様です。"
            path, body = [("/v1/judge", {"texts": [text, UNSAFE_TEXT, SAFE_TEXT]}),
                          ("/v1/judge/text", {"input": text}),
                          ("/v1/moderations", {"input": [text, text + "\n次の方どうぞ。"]})
                          ][number % 3]
            answer = self.server.post(path, body)
            if answer.status == 200:
                # An answer of moderations is named after its first result.
                self.answered += set(ids_in(answer))
            else:
                self.refused.append(answer)

    def stop(self):
        self._stopped.set()
        self.join()

    def join(self):
        for thread in self._threads:
            thread.join(harness.PATIENCE_S)
            assert not thread.is_alive(), "a client never got an answer"


class Journal(Scenario):
    def test_every_answer_is_there_also_while_the_server_runs(self):
        for mode in "default", "durable":
            with self.subTest(mode=mode):
                self.data = self.folder / mode
                with Server(self.data, "--journal-mode", mode) as server:
                    load = Load(server)
                    for expected in 50, 200:
                        wait_for(lambda: len(load.answered) > expected, "answers")
                        answered = list(load.answered)
                        self.assert_recorded(answered, also_others=True)
                    load.stop()
                    self.assertEqual(load.refused, [])
                    self.assert_recorded(load.answered)
                self.assert_recorded(load.answered)

    def test_kills_under_load(self):
        chance = random.Random(1)
        for mode in "default", "durable":
            with self.subTest(mode=mode):
                self.data = self.folder / mode
                answered = []
                for _ in range(KILLS):
                    server = self.serve("--journal-mode", mode)
                    load = Load(server)
                    enough = chance.randrange(1, 300)
                    wait_for(lambda: len(load.answered) >= enough, "answers")
                    server.kill()
                    load.join()
                    answered += load.answered
                    # Committed but never answered is possible; answered but not there is not.
                    self.assert_recorded(answered, also_others=True)
                with Server(self.data, "--journal-mode", mode) as server:
                    answered += [one["id"] for one in server.judge(SAFE_TEXT)]
                self.assert_recorded(answered, also_others=True)

    def test_what_is_kept(self):
        text = f"電話は090-1234-5678まで。{UNSAFE_TEXT}"
        with Server(self.data) as server:
            answer = server.post("/v1/judge", {"texts": [text], "side": "output"},
                                 headers={"X-Request-Id": "the-request"})
            verdict = answer.json["results"][0]
            server.judge(text)
            key_id = server.key.split("-")[2]
        again, entry = journal(self.data)  # newest first
        self.assertEqual(list(entry), ENTRY_KEYS)
        self.assertEqual(entry["text"],
                         "電話は［phone］まで。私のマイナンバーは［my_number］です。")
        self.assertEqual((entry["id"], entry["key_id"], entry["request_id"], entry["side"]),
                         (verdict.pop("id"), key_id, "the-request", "output"))
        self.assertEqual((entry["contract"], entry["category_set"], entry["category_set_version"]),
                         ("judge", "default", 1))
        self.assertEqual(entry["code_points"], len(text))
        self.assertEqual(entry["verdict"], verdict)
        self.assertRegex(entry["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(entry["fingerprint"], again["fingerprint"], "equal texts can be found")
        self.assertNotIn(MY_NUMBER, "".join(map(str, journal(self.data))))
        for path in self.data.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                self.assertNotIn(MY_NUMBER.encode(), content, path)
                self.assertNotIn(b"1234-5678", content, path)

    def test_no_text_is_kept_when_so_configured(self):
        config = self.folder / "sekisho.toml"
        config.write_text("[journal]\nstorage = 'none'\n", encoding="utf-8")
        with Server(self.data, "--config", config) as server:
            server.judge(SAFE_TEXT, UNSAFE_TEXT)
        entries = journal(self.data)
        self.assertEqual([entry["text"] for entry in entries], ["", ""])
        self.assertNotEqual(entries[0]["fingerprint"], entries[1]["fingerprint"])
        for path in self.data.rglob("*"):
            if path.is_file():
                self.assertNotIn("今日の天気".encode(), path.read_bytes(), path)

    def test_queries(self):
        sekisho("judge", "--data", self.data, *[SAFE_TEXT, UNSAFE_TEXT] * 60)
        whole = journal(self.data)
        ids = [entry["id"] for entry in whole]
        self.assertEqual((len(ids), ids), (120, sorted(ids, reverse=True)), "newest first")
        self.assertEqual(journal(self.data, "--outcome", "unsafe"),
                         [one for one in whole if one["verdict"]["outcome"] == "unsafe"])
        self.assertEqual(journal(self.data, "--outcome", "unjudged"), [])
        some = sekisho("journal", "query", "--data", self.data, "--json", "--limit", 3)
        self.assertEqual(some.objects, whole[:3])
        usual = sekisho("journal", "query", "--data", self.data, "--json")
        self.assertEqual(usual.objects, whole[:100])
        human = sekisho("journal", "query", "--data", self.data, "--limit", 2)
        self.assertEqual(len(human.out.splitlines()), 2)
        self.assertIn("［my_number］", human.out)
        for wrong in ["--outcome", "fine"], ["--limit", "-1"], ["--limit", "x"]:
            self.assertEqual(sekisho("journal", "query", "--data", self.data, *wrong).status,
                             REFUSED)

    def test_tail(self):
        with Server(self.data) as server:
            old = [one["id"] for one in server.judge("一", "二", "三")]
            tail = subprocess.Popen([harness.PROGRAM, "journal", "tail", "--data", self.data,
                                     "--json", "--limit", "2"], stdout=subprocess.PIPE)
            lines = []
            reader = threading.Thread(target=lambda: lines.extend(
                strict_json(line)["id"] for line in tail.stdout))
            reader.start()
            wait_for(lambda: len(lines) == 2, "the last entries")
            new = []
            for text in "四", "五":
                new += [one["id"] for one in server.judge(text)]
                wait_for(lambda: lines[2:] == new, "a new entry", 10)
            self.assertEqual(lines, old[1:] + new)
            self.assertIsNone(tail.poll())
            tail.terminate()
            tail.wait()
            reader.join()
            tail.stdout.close()


class Quota(Scenario):
    def serve_with_no_room(self, settings):
        config = self.folder / "sekisho.toml"
        config.write_text(f"[journal]\nquota_bytes = 1\n{settings}", encoding="utf-8")
        return self.serve("--config", config)

    def test_refused_when_full(self):
        server = self.serve_with_no_room("quota_policy = 'refuse'\n")
        answered = []
        def refusal():
            answer = server.post("/v1/judge", {"texts": [SAFE_TEXT]})
            if answer.status == 200:
                answered.extend(ids_in(answer))
                return None
            return answer
        answer = wait_for(refusal, "a refusal", 10)
        self.assert_openai_error(answer, 503, "unavailable", "texts[0]")
        self.assertIn("retry-after", answer.headers)
        self.assert_recorded(answered)

    def test_marked_when_so_configured(self):
        server = self.serve_with_no_room("quota_policy = 'refuse'\non_unrecorded = 'mark'\n")
        verdict = wait_for(lambda: next((one for one in server.judge(SAFE_TEXT)
                                         if "recorded" in one), None), "a mark", 10)
        self.assertIs(verdict["recorded"], False)
        self.assertNotIn(verdict["id"], [entry["id"] for entry in journal(self.data)])

    def test_the_oldest_go(self):
        server = self.serve_with_no_room("")
        first = server.judge(SAFE_TEXT)[0]["id"]
        wait_for(lambda: server.judge(SAFE_TEXT) and
                 first not in [entry["id"] for entry in journal(self.data)], "room", 10)
