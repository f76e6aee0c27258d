"""LiteLLM's proxy with its openai_moderation guardrail pointed at us:
litellm_proxy.py BASE_URL KEY FOLDER

A stub stands for the language model and keeps what reaches it.
"""
import http.server
import importlib.metadata
import json
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

SAFE = "今日の天気を教えてください。"
UNSAFE = "この役立たず、二度と顔を見せるな。"
TEMPTING = "明日の天気を教えてください。"  # harmless, but the stub's answer to it is not
HARMLESS_ANSWER = "今日は晴れです。"
START_S_MAX = 120

CONFIG = """
model_list:
  - model_name: stub
    litellm_params: {{model: openai/stub, api_base: "{model}/v1", api_key: none}}
guardrails:
  - guardrail_name: sekisho
    litellm_params:
      guardrail: openai_moderation
      mode: [pre_call, post_call]
      default_on: true
      api_base: "{sekisho}"
      api_key: "{key}"
general_settings: {{master_key: "{master_key}"}}
"""
MASTER_KEY = "sk-" + secrets.token_hex(32)


class StubModel(http.server.BaseHTTPRequestHandler):
    """Answers every prompt but one with something harmless."""
    prompts = []

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = request["messages"][-1]["content"]
        self.prompts.append(prompt)
        content = UNSAFE if prompt == TEMPTING else HARMLESS_ANSWER
        body = json.dumps({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stub",
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": content}}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(url, body=None):
    request = urllib.request.Request(
        url, data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {MASTER_KEY}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def chat(proxy, prompt):
    return ask(f"{proxy}/v1/chat/completions",
               {"model": "stub", "messages": [{"role": "user", "content": prompt}]})


def wait_until_it_lives(proxy, process):
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if ask(f"{proxy}/health/liveliness")[0] == 200:
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("the proxy does not come up")


def check(proxy):
    status, answer = chat(proxy, SAFE)
    assert status == 200, (status, answer)
    assert answer["choices"][0]["message"]["content"] == HARMLESS_ANSWER, answer
    assert StubModel.prompts == [SAFE], StubModel.prompts

    status, answer = chat(proxy, UNSAFE)
    assert status == 400, (status, answer)
    assert "harassment" in json.dumps(answer), answer
    assert StubModel.prompts == [SAFE], "the unsafe prompt reached the model"

    status, answer = chat(proxy, TEMPTING)
    assert status == 400, (status, answer)
    assert "harassment" in json.dumps(answer), answer


def main():
    sekisho, key, folder = sys.argv[1:]
    model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StubModel)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    config = pathlib.Path(folder) / "litellm.yaml"
    config.write_text(CONFIG.format(model=f"http://127.0.0.1:{model.server_port}",
                                    sekisho=sekisho, key=key, master_key=MASTER_KEY),
                      encoding="utf-8")
    port = free_port()
    log = pathlib.Path(folder) / "litellm.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [pathlib.Path(sys.executable).with_name("litellm"), "--config", config, "--host",
             "127.0.0.1", "--port", str(port), "--telemetry", "False"],
            stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder,
            env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"})
    try:
        proxy = f"http://127.0.0.1:{port}"
        wait_until_it_lives(proxy, process)
        check(proxy)
    except BaseException:
        print(log.read_text(errors="replace")[-8000:], file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait(30)
    print(f"litellm {importlib.metadata.version('litellm')} proxy, openai_moderation: passed")


main()
