"""What the API refuses, and how it says so: JSON with the right status, in the contract's shape."""
import json
import time

from harness import (SAFE_TEXT, Scenario, ServedScenario, journal, make_key, raw_request,
                     read_response, sekisho, wait_for)

# path: (a good body, the field of its text, the most characters it may have)
CONTRACTS = {
    "/v1/judge": ({"texts": [SAFE_TEXT]}, "texts[0]", 2048),
    "/v1/judge/text": ({"input": SAFE_TEXT}, "input", 2048),
    "/v1/judge/chat": ({"messages": [{"role": "user", "content": SAFE_TEXT}]},
                       "messages[0].content", 2048),
    "/v1/guardrails/apply": ({"input": SAFE_TEXT}, "input", 2000),
    "/v1/moderations": ({"input": SAFE_TEXT}, "input", 32768),
}
OPENAI_SHAPED = ("/v1/judge", "/v1/moderations")
BODY_BYTES_MAX = {"/v1/judge": 8 << 20, "/v1/judge/text": 32768, "/v1/judge/chat": 1 << 20,
                  "/v1/guardrails/apply": 32768, "/v1/moderations": 2 << 20}


def with_text(path, text):
    """The bytes of a body of `path` that asks for `text`, which is JSON without its quotes."""
    good, _, _ = CONTRACTS[path]
    return json.dumps(good, ensure_ascii=False).replace(SAFE_TEXT, text).encode("utf-8")


class Refused(ServedScenario):
    def refused(self, path, body, status, code, field=None, **options):
        answer = self.server.post(path, body, **options)
        check = self.assert_openai_error if path in OPENAI_SHAPED else self.assert_flat_error
        check(answer, status, code, field)
        return answer

    def test_keys(self):
        for path, (good, _, _) in CONTRACTS.items():
            for authorization in ("", "Bearer", "Bearer ", "Bearer sk-nobody", self.server.key,
                                  f"Basic {self.server.key}", f"Bearer {self.server.key}0",
                                  f"Bearer {self.server.key[:-1]}",
                                  f"Bearer {self.server.key.upper()}"):
                with self.subTest(path=path, authorization=authorization):
                    answer = self.refused(path, good, 401, "invalid_api_key", key=None,
                                          headers={"Authorization": authorization})
                    self.assertEqual(answer.headers["www-authenticate"], "Bearer")
            self.refused(path, good, 401, "invalid_api_key", key=None)

    def test_bodies_that_are_not_json(self):
        for path, (good, _, _) in CONTRACTS.items():
            whole = json.dumps(good).encode()
            for body in (b"", b"{", whole[:-1], whole + b"}", whole + whole, b"text", b"[" * 1000,
                         b"\xef\xbb\xbf{", with_text(path, "\\ud800"), with_text(path, "\n"),
                         whole.replace(b'"', b"'"), whole[:-1] + b', "x": %d}' % 2**64,
                         whole[:-1] + b', "x": 1e999}', whole[:-1] + b', "x": NaN}'):
                with self.subTest(path=path, body=body[:60]):
                    self.refused(path, body, 400, "invalid_request")

    def test_bodies_that_are_not_utf8(self):
        for path in CONTRACTS:
            for bad in b"\xff", b"\xe3\x81", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80":
                with self.subTest(path=path, bad=bad):
                    body = with_text(path, SAFE_TEXT + "BAD").replace(b"BAD", bad)
                    self.refused(path, body, 400, "invalid_request")

    def test_keys_given_twice(self):
        for path, (good, _, _) in CONTRACTS.items():
            name = next(iter(good))
            once = json.dumps(good, ensure_ascii=False)
            for twice, field in (
                    (f'{{"{name}": null, {once[1:]}', name),
                    (f'{{"x": 1, "x": 1, {once[1:]}', "x"),
                    (f'{{"{name[:-1]}\\u{ord(name[-1]):04x}": null, {once[1:]}', name)):
                with self.subTest(path=path, body=twice):
                    self.refused(path, twice.encode(), 400, "invalid_request", field)

    def test_fields_that_are_missing_or_of_another_type(self):
        for path, (good, _, _) in CONTRACTS.items():
            name = next(iter(good))
            for body in ({}, {name: None}, {name: 1}, {name: {}}, {name: True}, {"other": "x"}):
                with self.subTest(path=path, body=body):
                    self.refused(path, body, 422, "unprocessable", name)
        for body in [], "x", 1, None:
            answer = self.server.post("/v1/judge", json.dumps(body).encode())
            self.assertEqual(answer.status, 422, answer)
        self.refused("/v1/judge", {"texts": [SAFE_TEXT, 1]}, 422, "unprocessable", "texts[1]")
        self.refused("/v1/judge", {"texts": [SAFE_TEXT], "side": "up"}, 422, "unprocessable",
                     "side")
        self.refused("/v1/judge", {"texts": [SAFE_TEXT], "partial": 1}, 422, "unprocessable",
                     "partial")
        self.refused("/v1/judge/chat", {"messages": [{"content": "x"}]}, 422, "unprocessable",
                     "messages[0].role")
        self.refused("/v1/judge/chat", {"messages": []}, 422, "unprocessable", "messages")
        self.refused("/v1/judge/text", {"input": "x", "category_set_id": 1}, 422, "unprocessable",
                     "category_set_id")

    def test_texts_without_anything_to_see(self):
        for path, (_, field, _) in CONTRACTS.items():
            for text in "", "\u200b\u2060", "\ufe0f":
                with self.subTest(path=path, text=text):
                    self.refused(path, with_text(path, text), 422, "unprocessable", field)

    def test_length_counts_characters(self):
        for path, (_, field, most) in CONTRACTS.items():
            for character in "あ", "a", "𠮟", "🍣":
                with self.subTest(path=path, character=character):
                    self.post(path, with_text(path, character * most))
                    self.refused(path, with_text(path, character * (most + 1)), 422,
                                 "text_too_long", field)
            # The longest way to write a character in JSON has room, too.
            self.post(path, with_text(path, "\\ud842\\udf9f" * most))

    def test_a_chat_has_a_limit(self):
        turns = [{"role": "user", "content": "あ" * 1024}] * 64
        self.post("/v1/judge/chat", {"messages": turns})
        self.refused("/v1/judge/chat", {"messages": [{"role": "user", "content": "あ"}, *turns]},
                     422, "text_too_long", "messages")
        self.refused("/v1/judge/chat", {"messages": [{"role": "user", "content": "あ"}] * 257},
                     422, "unprocessable", "messages")

    def test_large_bodies(self):
        for path, most in BODY_BYTES_MAX.items():
            for announced in most + 1, 1 << 40:
                with self.subTest(path=path, bytes=announced), self.server.connect() as connection:
                    # Refused before it is sent.
                    connection.sendall(raw_request(self.server, b"{", path, announced))
                    answer = read_response(connection)
                    self.assertEqual((answer.status, answer.json["code"]),
                                     (413, "body_too_large"), answer)
            padded = with_text(path, SAFE_TEXT)
            self.post(path, padded + b" " * (most - len(padded)))

    def test_a_large_body_that_is_sent_all_the_same(self):
        with self.server.connect() as connection:
            request = raw_request(self.server, b" " * 100_000, "/v1/judge/text")
            connection.sendall(request)
            self.assertEqual(read_response(connection).status, 413)

    def test_media_types(self):
        for path, (good, _, _) in CONTRACTS.items():
            for media_type in "application/json; charset=utf-8", "APPLICATION/JSON", "":
                self.post(path, good, headers={"Content-Type": media_type})
            for media_type in "text/plain", "application/x-www-form-urlencoded":
                self.refused(path, good, 415, "unsupported_media_type",
                             headers={"Content-Type": media_type})

    def test_methods(self):
        for path in CONTRACTS:
            for method in "GET", "PUT", "DELETE", "PATCH", "OPTIONS":
                with self.subTest(path=path, method=method):
                    answer = self.server.ask(method, path)
                    check = (self.assert_openai_error if path in OPENAI_SHAPED
                             else self.assert_flat_error)
                    check(answer, 405, "method_not_allowed")
                    self.assertEqual(answer.headers["allow"], "POST")
        for path in "/health", "/ready", "/metrics", "/v1/models", "/v1/models/":
            answer = self.server.post(path, {})
            self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD"), answer)

    def test_unknown_paths(self):
        for path in ("/", "/v1", "/v1/judge/", "/v1/judge/texts", "/v1//judge", "/V1/judge",
                     "/v1/judge%00", "/v1/../health", "/v1/models/sekisho"):
            for method in "GET", "POST":
                with self.subTest(path=path, method=method):
                    answer = self.server.ask(method, path)
                    self.assertEqual(answer.status, 404, answer)
                    # No contract, so both shapes.
                    self.assertEqual(list(answer.json), ["error", "code", "message", "details"])
                    self.assertEqual(answer.json["code"], "not_found")

    def test_bytes_that_are_not_http(self):
        good_end = b"\r\nHost: x\r\n\r\n"
        for sent, status in ((b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
                             (b"GET /health" + good_end, 400),
                             (b"GET /health HTTP/1.1\r\n\r\n", 400),
                             (b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n", 400),
                             (b"POST /v1/judge HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                              b"Content-Length: 2\r\n\r\n", 400),
                             (b"POST /v1/judge HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                              b"Transfer-Encoding: chunked\r\n\r\n", 400),
                             (b"GET /health HTTP/1.1\r\nX: " + b"x" * 20_000 + good_end, 431)):
            with self.subTest(sent=sent[:40]), self.server.connect() as connection:
                connection.sendall(sent)
                answer = read_response(connection)
                self.assertEqual(answer.status, status, answer)
                self.assertIn("error", answer.json)
        self.assertEqual(self.server.get("/health").status, 200)


class Revoked(Scenario):
    def test_a_running_server_follows_within_5_seconds(self):
        server = self.serve()
        key = make_key(self.data)
        wait_for(lambda: server.get("/v1/models", key=key).status == 200, "the new key", 5)
        self.assertEqual(sekisho("key", "revoke", "--data", self.data, key.split("-")[2]).status,
                         0)
        began = time.monotonic()
        wait_for(lambda: server.get("/v1/models", key=key).status == 401, "the revocation", 5)
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(server.post("/v1/judge", {"texts": [SAFE_TEXT]}, key=key).status, 401)
        self.assertEqual(server.get("/v1/models").status, 200, "other keys go on")
        self.assertEqual(journal(self.data), [])
