"""The openai SDK of PyPI against /v1/moderations: openai_python.py BASE_URL KEY"""
import sys

import openai

SAFE = "今日の天気を教えてください。"
UNSAFE = "この役立たず、二度と顔を見せるな。"
CATEGORIES = [  # the SDK's names of OpenAI's 13 keys
    "harassment", "harassment_threatening", "hate", "hate_threatening", "illicit",
    "illicit_violent", "self_harm", "self_harm_instructions", "self_harm_intent", "sexual",
    "sexual_minors", "violence", "violence_graphic"]


def check(result, flagged):
    assert result.flagged is flagged, result
    for category in CATEGORIES:
        assert getattr(result.categories, category) in (True, False), (category, result)
        assert 0 <= getattr(result.category_scores, category) <= 1, (category, result)
        assert getattr(result.category_applied_input_types, category) == ["text"], category
    # Exactly the SDK's own fields are taken; ours ride along as extras.
    assert sorted(type(result.categories).model_fields) == sorted(CATEGORIES)
    assert result.categories.harassment is flagged, result
    assert result.x_sekisho["outcome"] == ("unsafe" if flagged else "safe"), result


def main():
    client = openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0)
    for text, flagged in (SAFE, False), (UNSAFE, True):
        answer = client.moderations.create(input=text)
        assert answer.id.startswith("modr-") and len(answer.results) == 1, answer
        check(answer.results[0], flagged)

    answer = client.moderations.create(input=[SAFE, UNSAFE, SAFE], model="omni-moderation-latest")
    assert answer.model == "omni-moderation-latest", answer
    assert len(answer.results) == 3, answer
    for result, flagged in zip(answer.results, (False, True, False)):
        check(result, flagged)
    parts = [{"type": "text", "text": SAFE}, {"type": "text", "text": UNSAFE}]
    answer = client.moderations.create(input=parts)
    assert len(answer.results) == 1, answer
    check(answer.results[0], True)

    assert [model.id for model in client.models.list()] == ["sekisho"]

    try:
        client.with_options(api_key="sk-nobody").moderations.create(input=SAFE)
        raise AssertionError("a wrong key was let in")
    except openai.AuthenticationError as error:
        assert error.code == "invalid_api_key" and error.type == "authentication_error", error
    try:
        client.moderations.create(input="あ" * 32769)
        raise AssertionError("a text that is too long was judged")
    except openai.UnprocessableEntityError as error:
        assert error.code == "text_too_long" and error.param == "input", error
    print(f"openai {openai.__version__} (PyPI): passed")


main()
