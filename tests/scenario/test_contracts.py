"""The contracts of the API, as their clients read them."""
import re

from harness import (BUILT_IN_CATEGORIES, INSULT, MY_NUMBER, SAFE_TEXT, ServedScenario, ULID,
                     UNSAFE_TEXT, make_key, sekisho, strict_json, wait_for)
from test_command_line import VERDICT_KEYS

OPENAI_CATEGORIES = [
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit",
    "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions", "sexual",
    "sexual/minors", "violence", "violence/graphic"]


class OwnContract(ServedScenario):
    def test_verdicts(self):
        answer = self.post("/v1/judge", {"texts": [SAFE_TEXT, UNSAFE_TEXT, INSULT]})
        self.assertEqual(list(answer), ["results"])
        for verdict in answer["results"]:
            self.assertEqual(list(verdict), VERDICT_KEYS)
            self.assertEqual(list(verdict["scores"]), BUILT_IN_CATEGORIES)
            for span in verdict["spans"]:
                self.assertEqual(list(span), ["start", "end", "category", "reason", "action"])
        self.assertEqual([one["outcome"] for one in answer["results"]],
                         ["safe", "unsafe", "unsafe"])
        self.assertEqual([one["category"] for one in answer["results"]],
                         [None, "privacy/self", "harassment"])
        self.assertTrue(answer["results"][2]["spans"], "an explanation")

    def test_the_command_line_says_the_same(self):
        served = self.post("/v1/judge", {"texts": [SAFE_TEXT, UNSAFE_TEXT, INSULT]})["results"]
        printed = sekisho("judge", "--json", SAFE_TEXT, UNSAFE_TEXT, INSULT).objects
        for one, other in zip(served, printed, strict=True):
            for key in VERDICT_KEYS:
                if key not in ("id", "timings_us", "judged_by"):
                    self.assertEqual(one[key], other[key])

    def test_options(self):
        for options in ({}, {"category_set": None}, {"category_set": ""},
                        {"category_set": "default"}, {"category_set": "DEFAULT"}, {"side": "input"},
                        {"side": "output"}, {"side": None}, {"partial": False}, {"partial": True},
                        {"partial": None}):
            with self.subTest(options):
                answer = self.post("/v1/judge", {"texts": [SAFE_TEXT], **options})
                self.assertEqual(answer["results"][0]["outcome"], "safe")

    def test_256_texts(self):
        results = self.post("/v1/judge", {"texts": [SAFE_TEXT] * 255 + [UNSAFE_TEXT]})["results"]
        self.assertEqual([one["outcome"] for one in results], ["safe"] * 255 + ["unsafe"])
        self.assertEqual(len({one["id"] for one in results}), 256)
        for count in 0, 257:
            answer = self.server.post("/v1/judge", {"texts": [SAFE_TEXT] * count})
            self.assert_openai_error(answer, 422, "unprocessable", "texts")

    def test_unknown_fields_are_refused(self):
        for name in "text", "", "texts\n\ncategory_set", "Side":
            with self.subTest(name=name):
                answer = self.server.post("/v1/judge", {"texts": [SAFE_TEXT], name: None})
                self.assertEqual(answer.status, 422, answer)
                self.assertEqual(answer.json["error"]["code"], "unprocessable")

    def test_partial(self):
        texts = [SAFE_TEXT, "", "あ" * 2049, "\u200b", UNSAFE_TEXT]
        refused = self.server.post("/v1/judge", {"texts": texts})
        self.assert_openai_error(refused, 422, "unprocessable", "texts[1]")
        results = self.post("/v1/judge", {"texts": texts, "partial": True})["results"]
        self.assertEqual([one.get("outcome") for one in results],
                         ["safe", None, None, None, "unsafe"])
        self.assertEqual([(one["error"]["param"], one["error"]["code"]) for one in results[1:4]],
                         [("texts[1]", "unprocessable"), ("texts[2]", "text_too_long"),
                          ("texts[3]", "unprocessable")])

    def test_unknown_set(self):
        answer = self.server.post("/v1/judge", {"texts": [SAFE_TEXT], "category_set": "nowhere"})
        self.assert_openai_error(answer, 404, "not_found", "category_set")


class Chakoshi(ServedScenario):
    """The two contracts of chakoshi's public clients (judge/text, guardrails/apply)."""

    def check_judged(self, answer, model, category_set_id, unsafe, chat):
        self.assertEqual(list(answer), ["id", "model", "category_set_id", "results"])
        self.assertRegex(answer["id"], ULID)
        self.assertEqual((answer["model"], answer["category_set_id"]), (model, category_set_id))
        results = answer["results"]
        self.assertEqual(list(results), ["unsafe_flag", "label_str", "unsafe_score",
                                         "unsafe_category", "user_prompt"])
        self.assertIs(results["unsafe_flag"], unsafe)
        self.assertEqual(results["label_str"], "unsafe" if unsafe else "safe")
        self.assertRegex(results["unsafe_score"], r"^(0\.\d{4}|1\.0000)$")
        self.assertEqual(results["unsafe_category"], "privacy/self" if unsafe else "")
        self.assertEqual(results["user_prompt"], {"chat": chat})

    def test_judge_text(self):
        # The Twitch bot sends no set, the Dify plugin null, the MCP server "", others an id.
        for fields, model, set_id in (
                ({}, "sekisho", ""),
                ({"model": None, "category_set_id": None}, "sekisho", ""),
                ({"model": "", "category_set_id": ""}, "sekisho", ""),
                ({"model": "chakoshi-moderation-241223"}, "chakoshi-moderation-241223", ""),
                ({"category_set_id": "default"}, "sekisho", "default"),
                ({"category_set_id": "DEFAULT"}, "sekisho", "DEFAULT"),
                ({"something": [{"new": 2 ** 64 - 1, "": None}]}, "sekisho", "")):
            for text, unsafe in (SAFE_TEXT, False), (UNSAFE_TEXT, True):
                with self.subTest(fields=fields, text=text):
                    answer = self.post("/v1/judge/text", {"input": text, **fields})
                    self.check_judged(answer, model, set_id, unsafe,
                                      [{"role": "user", "content": text}])

    def test_judge_text_of_an_unknown_set(self):
        answer = self.server.post("/v1/judge/text",
                                  {"input": SAFE_TEXT, "category_set_id": "01jfrm3xhas2ft"})
        self.assert_flat_error(answer, 404, "not_found", "category_set_id")

    def test_judge_chat(self):
        turns = [{"role": "system", "content": "あなたは区役所の案内係です。"},
                 {"role": "user", "content": UNSAFE_TEXT},
                 {"role": "assistant", "content": "番号は書かないでください。ご用件は何ですか。"}]
        answer = self.post("/v1/judge/chat", {"messages": turns, "model": "m", "extra": 1})
        self.check_judged(answer, "m", "", False, turns)  # only the last turn is judged
        answer = self.post("/v1/judge/chat", {"messages": turns[:2], "category_set_id": None})
        self.check_judged(answer, "sekisho", "", True, turns[:2])

    def test_models(self):
        for path in "/v1/models", "/v1/models/":
            answer = self.server.get(path)
            self.assertEqual(answer.status, 200, answer)  # no redirect
            self.assertEqual(list(answer.json), ["object", "data"])
            model = answer.json["data"][0]
            self.assertEqual(list(model), ["id", "object", "created", "owned_by", "judged_by",
                                           "degraded"])
            self.assertTrue(model["degraded"], "it says that no language model judges")
            self.assertEqual(self.server.get(path, key="sk-nobody").status, 401)

    def test_guardrails_apply(self):
        text = f"お電話は090-1234-5678まで。{UNSAFE_TEXT}"
        for fields in ({}, {"guardrail_id": None}, {"guardrail_id": ""},
                       {"guardrail_id": "default"}, {"new": True}):
            with self.subTest(fields):
                answer = self.post("/v1/guardrails/apply", {"input": text, **fields})
                self.assertEqual(list(answer), ["id", "guardrail_id", "assessments"])
                self.assertEqual(answer["guardrail_id"], "default")
                assessments = answer["assessments"]
                self.assertEqual(list(assessments),
                                 ["guardrails", "user_input", "guardrails_result"])
                self.assertEqual(assessments["user_input"], text)
                result = assessments["guardrails_result"]
                self.assertEqual(assessments["guardrails"], list(result))
                self.assertEqual(list(result), ["moderation", "prompt_guard", "pii_filter"])
                self.check_default_guards(result, text)

    def check_default_guards(self, result, text):
        moderation = result["moderation"]
        self.assertEqual(list(moderation), ["unsafe_flag", "unsafe_score", "categories"])
        self.assertIs(moderation["unsafe_flag"], True)
        self.assertEqual(moderation["unsafe_score"], 1)
        self.assertEqual(list(moderation["categories"]), BUILT_IN_CATEGORIES)
        self.assertEqual(moderation["categories"]["privacy/self"],
                         {"enabled": True, "detected": True})
        self.assertEqual(list(result["prompt_guard"]), ["unsafe_flag", "unsafe_score"])
        self.assertIs(result["prompt_guard"]["unsafe_flag"], False)
        found = {one["type"]: text[one["start"]:one["end"]]
                 for one in result["pii_filter"]["detect_pii_result"]}
        self.assertEqual(found, {"PHONE_NUMBER": "090-1234-5678", "MY_NUMBER": MY_NUMBER})

    def test_a_category_set_is_a_guardrail(self):
        answer = self.server.post("/v1/guardrails/apply",
                                  {"input": SAFE_TEXT, "guardrail_id": "nowhere"})
        self.assert_flat_error(answer, 404, "not_found", "guardrail_id")


class OpenAi(ServedScenario):
    def check_result(self, result, flagged):
        self.assertEqual(list(result), ["flagged", "categories", "category_scores",
                                        "category_applied_input_types", "x_sekisho"])
        self.assertIs(result["flagged"], flagged)
        for name in "categories", "category_scores", "category_applied_input_types":
            self.assertEqual(list(result[name])[:13], OPENAI_CATEGORIES)
            self.assertIn("privacy/self", result[name])
        self.assertTrue(all(value in (True, False) for value in result["categories"].values()))
        self.assertTrue(all(0 <= score <= 1 for score in result["category_scores"].values()))
        self.assertTrue(all(types == ["text"] for types
                            in result["category_applied_input_types"].values()))
        if flagged:
            self.assertIs(result["categories"]["illicit"], True)
            self.assertIs(result["categories"]["privacy/self"], True)

    def test_strings(self):
        for input, flags in ((SAFE_TEXT, [False]), (UNSAFE_TEXT, [True]), ([SAFE_TEXT], [False]),
                             ([UNSAFE_TEXT, SAFE_TEXT, UNSAFE_TEXT], [True, False, True])):
            with self.subTest(input=input):
                answer = self.post("/v1/moderations", {"input": input})
                self.assertEqual(list(answer), ["id", "model", "results"])
                self.assertRegex(answer["id"], "^modr-")
                self.assertEqual(len(answer["results"]), len(flags))
                for result, flagged in zip(answer["results"], flags, strict=True):
                    self.check_result(result, flagged)

    def test_model_is_given_back(self):
        for model in "omni-moderation-latest", "text-moderation-stable":
            answer = self.post("/v1/moderations", {"input": SAFE_TEXT, "model": model})
            self.assertEqual(answer["model"], model)

    def test_parts_are_one_input(self):
        parts = [{"type": "text", "text": SAFE_TEXT}, {"type": "text", "text": UNSAFE_TEXT}]
        answer = self.post("/v1/moderations", {"input": parts})
        self.assertEqual(len(answer["results"]), 1)
        self.check_result(answer["results"][0], True)
        image = {"type": "image_url", "image_url": {"url": "https://example.com/x.png"}}
        refused = self.server.post("/v1/moderations", {"input": [image]})
        self.assert_openai_error(refused, 422, "unprocessable", "input[0]")

    def test_long_texts_are_judged_to_their_end(self):
        text = SAFE_TEXT * 2330
        for place in 0, 16310, len(text):
            with self.subTest(place=place):
                asked = text[:place] + UNSAFE_TEXT + text[place:]
                result = self.post("/v1/moderations", {"input": asked})["results"][0]
                self.check_result(result, True)
                found = [asked[span["start"]:span["end"]] for span in result["x_sekisho"]["spans"]
                         if span["reason"] == "my_number"]
                self.assertEqual(found, [MY_NUMBER])

    def test_32_strings(self):
        self.post("/v1/moderations", {"input": [SAFE_TEXT] * 32})
        for count in 0, 33:
            answer = self.server.post("/v1/moderations", {"input": [SAFE_TEXT] * count})
            self.assert_openai_error(answer, 422, "unprocessable", "input")


class Operation(ServedScenario):
    def test_health_and_readiness(self):
        for key in None, "sk-nobody":
            answer = self.server.get("/health", key=key)
            self.assertEqual((answer.status, answer.json), (200, {"status": "ok"}))
            answer = self.server.get("/ready", key=key)
            self.assertEqual(answer.status, 200)
            self.assertEqual(list(answer.json), ["status", "scorer", "degraded"])
            self.assertEqual(answer.json["scorer"]["name"], "ngram")

    def test_metrics(self):
        self.post("/v1/judge", {"texts": [UNSAFE_TEXT]})
        answer = self.server.get("/metrics", key=None)
        self.assertEqual(answer.status, 200)
        self.assertRegex(answer.headers["content-type"], "^text/plain; version=0.0.4")
        metrics = answer.body.decode("ascii")
        for line in metrics.splitlines():
            self.assertRegex(line, r"^(#|[a-z_]+(\{[^}]*\})? [-+0-9.eInf]+$)")
        self.assertRegex(metrics, r'sekisho_judgements_total\{outcome="unsafe"\} [1-9]')
        self.assertRegex(metrics, r'sekisho_http_requests_total\{route="/v1/judge",status="200"\}')
        self.assertNotIn(MY_NUMBER, metrics)

    def test_head(self):
        answer = self.server.ask("HEAD", "/health", key=None)
        self.assertEqual((answer.status, answer.body), (200, b""))

    def test_request_ids(self):
        answer = self.server.get("/health", headers={"X-Request-Id": "mine-1"})
        self.assertEqual(answer.headers["x-request-id"], "mine-1")
        made = {self.server.get("/health").headers["x-request-id"] for _ in range(3)}
        self.assertEqual(len(made), 3)

    def test_rate_limit(self):
        key = make_key(self.data, "--rate-per-minute", 3)
        wait_for(lambda: self.server.get("/v1/models", key=key).status == 200, "the new key")
        self.post("/v1/judge", {"texts": [SAFE_TEXT] * 9}, key=key)  # overdraws: nobody starves
        answer = self.server.post("/v1/judge", {"texts": [SAFE_TEXT]}, key=key)
        self.assert_openai_error(answer, 429, "rate_limit_exceeded")
        self.assertIn(int(answer.headers["retry-after"]), range(60, 182))
        self.assertEqual(self.server.get("/v1/models", key=key).status, 200)
        self.post("/v1/judge", {"texts": [SAFE_TEXT]})  # other keys go on

    def test_diagnostics(self):
        self.post("/v1/judge", {"texts": [UNSAFE_TEXT]}, headers={"X-Request-Id": "look-here"})
        for line in self.server.err.splitlines():
            strict_json(line)
        for secret in MY_NUMBER, self.server.key:
            self.assertNotIn(secret, self.server.out + self.server.err)
        self.assertTrue(re.search("judged by ngram@[0-9a-f]{8}", self.server.out))
