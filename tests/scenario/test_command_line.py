"""sekisho judge, key, and everything that a wrong command line or file does."""
import json
import os

import harness
from harness import (BUILT_IN_CATEGORIES, INSULT, MODEL, MY_NUMBER, REFUSED, SAFE, SAFE_TEXT,
                     Scenario, ULID, UNSAFE, UNSAFE_TEXT, journal, make_key, sekisho)

VERDICT_KEYS = ["id", "outcome", "allowed", "unsafe", "score", "category", "scores", "spans",
                "judged_by", "timings_us"]


class Judge(Scenario):
    def test_human_form(self):
        safe = sekisho("judge", SAFE_TEXT)
        self.assertEqual(safe.status, SAFE, safe)
        self.assertIn("安全", safe.out)
        self.assertIn(SAFE_TEXT, safe.out)
        unsafe = sekisho("judge", UNSAFE_TEXT)
        self.assertEqual(unsafe.status, UNSAFE, unsafe)
        self.assertIn("遮断", unsafe.out)
        self.assertIn("privacy/self", unsafe.out)
        self.assertIn(f"【{MY_NUMBER}】", unsafe.out)
        self.assertNotIn("\033", safe.out + unsafe.out, "colours go to terminals only")
        insult = sekisho("judge", INSULT)
        self.assertEqual(insult.status, UNSAFE, insult)
        self.assertIn("harassment", insult.out)

    def test_judged_text_cannot_write_to_the_terminal(self):
        done = sekisho("judge", SAFE_TEXT + "\033[2J\u009b2J\r")
        self.assertNotRegex(done.out, "[\033\u009b\r]")

    def test_json_form(self):
        done = sekisho("judge", "--json", SAFE_TEXT, UNSAFE_TEXT)
        self.assertEqual(done.status, UNSAFE, done)
        safe, unsafe = done.objects
        for verdict in safe, unsafe:
            self.assertEqual(list(verdict), VERDICT_KEYS)
            self.assertRegex(verdict["id"], ULID)
            self.assertEqual(list(verdict["scores"]), BUILT_IN_CATEGORIES)
            self.assertTrue(all(0 <= score <= 1 for score in verdict["scores"].values()))
            self.assertEqual(list(verdict["timings_us"]), ["normalise", "detect", "score", "total"])
            self.assertEqual(verdict["judged_by"][0], "detectors")
            self.assertRegex(verdict["judged_by"][1], "^ngram@[0-9a-f]{8}$")
        self.assertEqual((safe["outcome"], safe["allowed"], safe["unsafe"], safe["category"]),
                         ("safe", True, False, None))
        self.assertEqual((unsafe["outcome"], unsafe["allowed"], unsafe["unsafe"],
                          unsafe["category"], unsafe["score"]),
                         ("unsafe", False, True, "privacy/self", 1))
        span = next(span for span in unsafe["spans"] if span["reason"] == "my_number")
        self.assertEqual(UNSAFE_TEXT[span["start"]:span["end"]], MY_NUMBER)
        self.assertEqual((span["category"], span["action"]), ("privacy/self", "block"))

    def test_spans_count_code_points_of_what_was_sent(self):
        number = "１２３\u200b４５６７𝟖９\ufe0e０１８"
        text = f"𠮟🍣 マイナンバー：{number}"
        done = sekisho("judge", "--json", text)
        self.assertEqual(done.status, UNSAFE, done)
        span = next(span for span in done.objects[0]["spans"] if span["reason"] == "my_number")
        self.assertEqual(text[span["start"]:span["end"]], number)

    def test_lines_of_standard_input(self):
        lines = f"{SAFE_TEXT}\n{SAFE_TEXT}".encode()
        done = sekisho("judge", "--json", "-", stdin=lines)
        self.assertEqual((done.status, len(done.objects)), (SAFE, 2), done)
        done = sekisho("judge", "--json", "-", stdin=lines + f"\n{UNSAFE_TEXT}\n".encode())
        self.assertEqual([one["outcome"] for one in done.objects], ["safe", "safe", "unsafe"])
        self.assertEqual(done.status, UNSAFE)
        self.assertEqual(done.err, "", "a progress bar goes to terminals only")

    def test_refused_lines(self):
        lines = [SAFE_TEXT.encode(), b"", b"\xff\xfe", "あ".encode() * 2049, "あ".encode() * 2048,
                 UNSAFE_TEXT.encode()]
        done = sekisho("judge", "--json", "-", stdin=b"\n".join(lines))
        self.assertEqual(done.status, REFUSED, "the worst of several")
        self.assertEqual(["error" in one for one in done.objects],
                         [False, True, True, True, False, False])
        for refused in done.objects[1:4]:
            self.assertEqual(list(refused), ["error"])
            self.assertEqual(list(refused["error"]), ["message", "type", "param", "code"])
        self.assertEqual(done.objects[3]["error"]["code"], "text_too_long")
        human = sekisho("judge", "-", stdin=b"\n".join(lines))
        self.assertEqual(human.status, REFUSED)
        self.assertEqual(human.out.count("拒否"), 3, human)

    def test_sides(self):
        for side in "input", "output":
            self.assertEqual(sekisho("judge", "--side", side, SAFE_TEXT).status, SAFE)
        self.assertEqual(sekisho("judge", "--side", "up", SAFE_TEXT).status, REFUSED)

    def test_unknown_category_set(self):
        done = sekisho("judge", "--json", "--category-set", "nowhere", SAFE_TEXT)
        self.assertEqual(done.status, REFUSED, done)
        self.assertEqual(done.objects[0]["error"]["code"], "not_found")

    def test_recorded_only_with_a_data_folder(self):
        empty = self.folder / "empty"
        empty.mkdir()
        done = sekisho("judge", SAFE_TEXT, UNSAFE_TEXT, cwd=empty, env={"HOME": str(empty)})
        self.assertEqual((done.status, os.listdir(empty)), (UNSAFE, []))

        done = sekisho("judge", "--json", "--data", self.data, "--side", "output", SAFE_TEXT,
                       UNSAFE_TEXT, "")
        self.assertEqual(done.status, REFUSED)
        self.assert_recorded([one["id"] for one in done.objects[:2]])
        for entry in journal(self.data):
            self.assertEqual((entry["contract"], entry["side"]), ("command-line", "output"))


class Eval(Scenario):
    def test_rows_need_a_text_and_a_label(self):
        rows = self.folder / "rows.jsonl"
        rows.write_text("".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in
                                ((SAFE_TEXT, "safe"), (UNSAFE_TEXT, "unsafe"))), encoding="utf-8")
        done = sekisho("eval", "--data", rows, "--json")
        self.assertEqual(done.status, 0, done)
        self.assertEqual((done.objects[0]["f1"]["value"], len(done.objects)), (1, 1))
        self.assertEqual(sekisho("eval", "--data", rows, "--json").out, done.out)
        self.assertEqual(sekisho("eval", "--data", rows).status, 0)
        rows.write_text('{"text": "x"}\n', encoding="utf-8")
        done = sekisho("eval", "--data", rows)
        self.assertEqual((done.status, done.out), (REFUSED, ""), done)
        self.assertIn(f"{rows}:1", done.err)


class Misuse(Scenario):
    def test_exit_status(self):
        for arguments in ([], ["judge"], ["fly"], ["judge", "--wings", SAFE_TEXT], ["serve"],
                          ["serve", "--data", self.data, "--listen", "nowhere"],
                          ["serve", "--data", self.data, "--listen", "127.0.0.1:99999"],
                          ["serve", "--data", self.data, "--journal-mode", "hopeful"],
                          ["serve", "--data", self.data, "--retention-days", "-1"],
                          ["judge", "--scorer", "oracle", SAFE_TEXT],
                          ["key"], ["key", "create"], ["journal", "query"],
                          ["journal", "query", "--data", self.folder / "nowhere"],
                          ["eval", "--data", self.folder / "nowhere.jsonl"]):
            with self.subTest(arguments=arguments):
                done = sekisho(*arguments)
                self.assertEqual(done.status, REFUSED, done)
                self.assertTrue(done.err.strip(), "it says why")
        for arguments in (["--help"], ["--version"], ["judge", "--help"]):
            self.assertEqual(sekisho(*arguments).status, 0)

    def test_a_port_that_is_taken(self):
        with harness.Server(self.data) as server:
            done = sekisho("serve", "--data", self.folder / "other", "--listen",
                           f"127.0.0.1:{server.port}")
            self.assertEqual(done.status, REFUSED, done)
            self.assertIn(str(server.port), done.err)

    def test_damaged_models(self):
        model = MODEL.read_bytes()
        middle = len(model) // 2
        damaged = {
            "flipped.model": model[:middle] + bytes([model[middle] ^ 1]) + model[middle + 1:],
            "first.model": bytes([model[0] ^ 0x20]) + model[1:],
            "last.model": model[:-1] + bytes([model[-1] ^ 0x80]),
            "short.model": model[:-100],
            "long.model": model + b"\0",
            "empty.model": b"",
            "text.model": "これはモデルではありません。\n".encode() * 100,
        }
        for name, content in damaged.items():
            path = self.folder / name
            path.write_bytes(content)
            for arguments in (["judge", SAFE_TEXT], ["serve", "--data", self.data, "--listen",
                                                     "127.0.0.1:0"]):
                with self.subTest(model=name, command=arguments[0]):
                    done = sekisho(*arguments, "--model", path)
                    self.assertEqual((done.status, done.out), (REFUSED, ""), done)
                    self.assertRegex(done.err, "^sekisho: .*[a-z]", "it says why")
        self.assertEqual(sekisho("judge", "--model", self.folder / "none", SAFE_TEXT).status,
                         REFUSED)
        self.assertEqual(sekisho("judge", "--model", MODEL, SAFE_TEXT).status, SAFE)

    def test_unknown_configuration_keys(self):
        path = self.folder / "sekisho.toml"
        for text, line in (("[server]\nthreads = 1\n\nlisten_to = 'x'\n", 4),
                           ("[servre]\n", 1),
                           ("[judge]\nmodel = ''\ncache_entries = -1\n", 3),
                           ("[journal]\nmode = 'hopeful'\n", 2),
                           ("[judge]\nscorer = 'ngram'\nscorer = 'ngram'\n", 3),
                           ("threads = 1\n", 1)):
            with self.subTest(text=text):
                path.write_text(text, encoding="utf-8")
                done = sekisho("serve", "--data", self.data, "--listen", "127.0.0.1:0", "--config",
                               path)
                self.assertEqual((done.status, done.out), (REFUSED, ""), done)
                self.assertIn(f"{path}:{line}:", done.err)


class Keys(Scenario):
    def test_create_list_revoke(self):
        done = sekisho("key", "create", "--data", self.data, "--name", "前線")
        self.assertEqual(done.status, 0, done)
        key = done.out.splitlines()[-1]
        self.assertRegex(key, "^sk-sekisho-[0-9a-f]{16}-[0-9a-f]{72}$")
        other = make_key(self.data, "--rate-per-minute", 60, "--expires-days", 7)
        listed = sekisho("key", "list", "--data", self.data)
        self.assertEqual(listed.status, 0, listed)
        for secret in key, other:
            _, _, id, rest = secret.split("-")
            self.assertIn(id, listed.out)
            self.assertNotIn(rest[:16], listed.out)
        self.assertIn("前線", listed.out)
        self.assertNotIn(key.split("-")[3][:16].encode(), self.everything_kept())

        revoked = sekisho("key", "revoke", "--data", self.data, key.split("-")[2])
        self.assertEqual(revoked.status, 0, revoked)
        self.assertEqual(sekisho("key", "revoke", "--data", self.data, "0" * 16).status, REFUSED)

    def everything_kept(self):
        return b"".join(path.read_bytes() for path in self.data.rglob("*") if path.is_file())

    def test_the_folder_is_private(self):
        make_key(self.data)
        self.assertEqual(self.data.stat().st_mode & 0o077, 0)
        secret = self.data / "secret"
        self.assertEqual(secret.stat().st_mode & 0o077, 0)
        secret.chmod(0o644)
        self.assertEqual(sekisho("key", "list", "--data", self.data).status, REFUSED)

    def test_a_name_is_not_needed(self):
        done = sekisho("key", "create", "--data", self.data)
        self.assertEqual(done.status, 0, done)
        self.assertRegex(done.out, "^sk-sekisho-[0-9a-f-]*\n$")

    def test_wrong_options(self):
        for options in (["--rate-per-minute", 0], ["--rate-per-minute", -1],
                        ["--expires-days", 0], ["--name", "x" * 201], ["--name", ""]):
            with self.subTest(options=options):
                done = sekisho("key", "create", "--data", self.data, *options)
                self.assertEqual((done.status, done.out), (REFUSED, ""), done)
