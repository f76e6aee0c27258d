// The openai SDK of npm against /v1/moderations: openai_node.mjs BASE_URL KEY
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const safe = '今日の天気を教えてください。';
const unsafe = 'この役立たず、二度と顔を見せるな。';
const categories = [
  'harassment', 'harassment/threatening', 'hate', 'hate/threatening', 'illicit', 'illicit/violent',
  'self-harm', 'self-harm/instructions', 'self-harm/intent', 'sexual', 'sexual/minors', 'violence',
  'violence/graphic'];

function check(result, flagged) {
  assert.equal(result.flagged, flagged);
  for (const category of categories) {
    assert.equal(typeof result.categories[category], 'boolean', category);
    const score = result.category_scores[category];
    assert.ok(score >= 0 && score <= 1, `${category}: ${score}`);
    assert.deepEqual(result.category_applied_input_types[category], ['text']);
  }
  assert.equal(result.categories.harassment, flagged);
}

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
for (const [input, flagged] of [[safe, false], [unsafe, true]]) {
  const answer = await client.moderations.create({ input });
  assert.ok(answer.id.startsWith('modr-'));
  assert.equal(answer.results.length, 1);
  check(answer.results[0], flagged);
}
const answer = await client.moderations.create(
  { input: [safe, unsafe, safe], model: 'omni-moderation-latest' });
assert.equal(answer.model, 'omni-moderation-latest');
assert.equal(answer.results.length, 3);
[false, true, false].forEach((flagged, i) => check(answer.results[i], flagged));

await assert.rejects(
  client.withOptions({ apiKey: 'sk-nobody' }).moderations.create({ input: safe }),
  (error) => error instanceof OpenAI.AuthenticationError && error.code === 'invalid_api_key');
await assert.rejects(
  client.moderations.create({ input: 'あ'.repeat(32769) }),
  (error) => error instanceof OpenAI.UnprocessableEntityError && error.param === 'input');

const sdk = new URL('./node_modules/openai/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(sdk, 'utf8'));
console.log(`openai ${version} (npm, Node ${process.versions.node}): passed`);
