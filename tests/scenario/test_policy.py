"""Category sets and guardrails as files, and texts that cannot be judged."""
from harness import (INSULT, MY_NUMBER, REFUSED, SAFE_TEXT, Scenario, Server, ServedScenario,
                     UNSAFE, UNSAFE_TEXT, journal, sekisho)

SHOP = """
id = "shop"
version = 3

[categories."privacy/self"]
action = "flag"

[categories.harassment]
enabled = false

[categories.sales-mail]
name = "営業メール"
definition = "商品やサービスを売り込む文章。"
words = ["無料で資料請求"]

[categories.rival]
name = "競合"
definition = "競合する店の名前。"
words = ["黒船商会"]
action = "record"
"""
GUARDRAILS = """
[[guardrail]]
id = "front-desk"
category_set = "shop"
moderation = true
keyword_filter = true
prompt_guard = true
pii_filter = true
topic_control = true
keywords = ["社外秘", "見積もり"]
topic = "家電の使い方の相談"
denied_topics = ["株の銘柄を教えて", "政治の話"]

[[guardrail]]
id = "words-only"
moderation = false
keyword_filter = true
prompt_guard = false
pii_filter = false
keywords = ["社外秘"]
"""

class Files(ServedScenario):
    @classmethod
    def prepare(cls):
        folder = cls.data / "policy"
        folder.mkdir(parents=True, mode=0o700)
        cls.data.chmod(0o700)
        (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
        (folder / "guardrails.toml").write_text(GUARDRAILS, encoding="utf-8")

    def judge(self, text, category_set="shop"):
        answer = self.post("/v1/judge", {"texts": [text], "category_set": category_set})
        return answer["results"][0]

    def test_words_are_found_through_disguises(self):
        for words in "無料で資料請求", "無料で\u200b資料請求", "無\ufe0f料で資料請求":
            text = f"{SAFE_TEXT}{words}いただけます。"
            verdict = self.judge(text)
            self.assertEqual((verdict["outcome"], verdict["allowed"], verdict["category"]),
                             ("unsafe", False, "sales-mail"), words)
            span = next(one for one in verdict["spans"] if one["category"] == "sales-mail")
            self.assertEqual((text[span["start"]:span["end"]], span["reason"]), (words, "words"))
            self.assertNotIn("sales-mail", self.judge(text, "default")["scores"])

    def test_actions_and_switches(self):
        flagged = self.judge(UNSAFE_TEXT)
        self.assertEqual((flagged["outcome"], flagged["allowed"]), ("unsafe", True))
        recorded = self.judge(f"黒船商会さん、{SAFE_TEXT}")
        self.assertEqual((recorded["outcome"], recorded["allowed"]), ("safe", True))
        self.assertIn("rival", [span["category"] for span in recorded["spans"]])
        self.assertNotIn("harassment", self.judge(INSULT)["scores"])
        self.assertEqual(self.judge(INSULT, "default")["category"], "harassment")

    def test_the_journal_names_the_set(self):
        id = self.judge(SAFE_TEXT, "SHOP")["id"]
        entry = next(entry for entry in journal(self.data) if entry["id"] == id)
        self.assertEqual((entry["category_set"], entry["category_set_version"]), ("shop", 3))

    def test_the_command_line_reads_the_same_files(self):
        done = sekisho("judge", "--json", "--policy", self.data / "policy", "--category-set",
                       "shop", "今なら無料で資料請求")
        self.assertEqual((done.status, done.objects[0]["category"]), (UNSAFE, "sales-mail"), done)

    def test_all_guards(self):
        text = f"社外秘の見積もりです。連絡は090-1234-5678まで。株の銘柄を教えて。"
        answer = self.post("/v1/guardrails/apply", {"input": text, "guardrail_id": "Front-Desk"})
        self.assertEqual(answer["guardrail_id"], "Front-Desk")
        result = answer["assessments"]["guardrails_result"]
        self.assertEqual(answer["assessments"]["guardrails"],
                         ["moderation", "keyword_filter", "prompt_guard", "pii_filter",
                          "topic_control"])
        self.assertEqual(list(result), answer["assessments"]["guardrails"])
        self.assertEqual(result["moderation"]["categories"]["harassment"],
                         {"enabled": False, "detected": False})
        self.assertIn("sales-mail", result["moderation"]["categories"])
        self.assertEqual(result["keyword_filter"],
                         {"matched": True, "matches": [{"keyword": "社外秘"}, {"keyword": "見積もり"}],
                          "original_text": text,
                          "masked_input": text.replace("社外秘", "***").replace("見積もり", "****")})
        self.assertEqual(result["pii_filter"]["detect_pii_result"][0]["type"], "PHONE_NUMBER")
        self.assertEqual(result["topic_control"],
                         {"classification": "deny", "is_topic_compliant": False})

    def test_one_guard(self):
        answer = self.post("/v1/guardrails/apply", {"input": SAFE_TEXT,
                                                    "guardrail_id": "words-only"})
        self.assertEqual(answer["assessments"]["guardrails_result"], {
            "keyword_filter": {"matched": False, "matches": [], "original_text": SAFE_TEXT,
                               "masked_input": SAFE_TEXT}})

    def test_a_set_is_a_guardrail_that_moderates(self):
        answer = self.post("/v1/guardrails/apply", {"input": SAFE_TEXT, "guardrail_id": "shop"})
        self.assertEqual(answer["assessments"]["guardrails"], ["moderation"])


class WrongFiles(Scenario):
    def test_each_stops_the_start_with_file_and_line(self):
        policy = self.folder / "policy"
        policy.mkdir()
        head = 'id = "x"\nversion = 1\n'
        for name, text, line in (
                ("x.toml", head + 'verison = 2\n', 3),
                ("x.toml", head + '[categories.hate]\nthreshhold = 0.5\n', 4),
                ("x.toml", head + '[categories.hate]\naction = "ban"\n', 4),
                ("x.toml", head + '[categories.hate]\nthreshold = "high"\n', 4),
                ("x.toml", head + '[categories.hate]\n\nname = "別の名前"\n', None),
                ("x.toml", head + '[categories.new]\ndefinition = "説明だけ"\n', None),
                ("x.toml", head + '[categories.hate]\nthreshold = 1.5\n', None),
                ("x.toml", head + 'on_unjudged = "shrug"\n', 3),
                ("x.toml", 'id = "x"\nversion = \n', 2),
                ("x.toml", 'version = 1\n', None),
                ("guardrails.toml", '[[guardrail]]\nid = "g"\nkeyword = ["x"]\n', 3)):
            with self.subTest(name=name, text=text):
                for old in policy.iterdir():
                    old.unlink()
                (policy / name).write_text(text, encoding="utf-8")
                for command in (["serve", "--data", self.data, "--listen", "127.0.0.1:0"],
                                ["judge", SAFE_TEXT]):
                    done = sekisho(*command, "--policy", policy)
                    self.assertEqual((done.status, done.out), (REFUSED, ""), done)
                    self.assertIn(f"{policy / name}:{line or ''}", done.err)

    def test_files_that_do_not_fit_together(self):
        policy = self.folder / "policy"
        policy.mkdir()
        (policy / "guardrails.toml").write_text(
            '[[guardrail]]\nid = "front"\ncategory_set = "same"\n', encoding="utf-8")
        missing = sekisho("judge", "--policy", policy, SAFE_TEXT)
        for name in "a.toml", "b.toml":
            (policy / name).write_text('id = "same"\nversion = 1\n', encoding="utf-8")
        for done in missing, sekisho("judge", "--policy", policy, SAFE_TEXT):
            self.assertEqual((done.status, done.out), (REFUSED, ""), done)
            self.assertIn("same", done.err)


class Unjudged(Scenario):
    """A judgement that may take one millisecond at most, and a text that needs more."""
    LONG = SAFE_TEXT * 2330

    def serve_hurried(self, on_unjudged):
        policy = self.folder / "policy"
        policy.mkdir()
        (policy / "default.toml").write_text(
            f'id = "default"\nversion = 2\non_unjudged = "{on_unjudged}"\n', encoding="utf-8")
        config = self.folder / "sekisho.toml"
        config.write_text("[judge]\ntimeout_ms = 1\n", encoding="utf-8")
        return self.serve("--policy", policy, "--config", config)

    def test_is_an_error(self):
        answer = self.serve_hurried("error").post("/v1/moderations", {"input": self.LONG})
        self.assert_openai_error(answer, 503, "judge_unavailable", "input")
        self.assertIn("retry-after", answer.headers)
        self.assertEqual(journal(self.data)[0]["verdict"]["outcome"], "unjudged")

    def test_is_blocked(self):
        answer = self.serve_hurried("block").post("/v1/moderations", {"input": self.LONG})
        result = answer.json["results"][0]
        self.assertIs(result["flagged"], True)
        self.assertEqual((result["x_sekisho"]["outcome"], result["x_sekisho"]["allowed"]),
                         ("unjudged", False))

    def test_is_allowed_only_marked(self):
        server = self.serve_hurried("allow-unjudged")
        result = server.post("/v1/moderations", {"input": self.LONG}).json["results"][0]
        self.assertIs(result["flagged"], False)
        self.assertEqual((result["x_sekisho"]["outcome"], result["x_sekisho"]["allowed"]),
                         ("unjudged", True))
        entry = journal(self.data)[0]
        self.assertEqual((entry["verdict"]["outcome"], entry["verdict"]["allowed"]),
                         ("unjudged", True))

    def test_known_harm_is_known(self):
        text = UNSAFE_TEXT + self.LONG
        result = self.serve_hurried("error").post("/v1/moderations", {"input": text}).json
        self.assertEqual(result["results"][0]["x_sekisho"]["category"], "privacy/self")
