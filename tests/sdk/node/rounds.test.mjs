// Rounds of parallel calls, and what else a model may do, streamed. The model is a file: ../script.yaml.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BEGIN,
  BROKEN_OFF,
  CALLING,
  callsOf,
  counted,
  GOES_ON,
  names,
  outputsOf,
  prepared,
  SAID,
  SAYING,
  SCRIPT_URL,
  said,
  same,
} from './streams.mjs';
import { clientOf, stepsOf } from './support.mjs';

const script = clientOf({ baseURL: SCRIPT_URL });
const { runs } = script.beta.threads;
const END = 'All is well: é 🎉\n\n.';

async function streamed(text, ...functions) {
  return followed(runs.stream(...(await prepared(text, functions, script))));
}

// Reads a stream to its end; returns what was seen, and the run.
async function followed(stream) {
  const seen = counted(stream);
  const run = await stream.finalRun();
  if (run.status === 'requires_action') {
    const made = (calls) => calls.map((call) => call.function.arguments);
    assert.deepEqual(seen.arguments, made(callsOf(run)));
    const open = (await stepsOf(run, script)).find((step) => step.status === 'in_progress');
    assert.deepEqual(seen.arguments, made(open.step_details.tool_calls));
  }
  await same(stream, script);
  return [seen, run];
}

const submitted = (run, ...texts) => followed(runs.submitToolOutputsStream(run.id, outputsOf(run, ...texts)));

test('two rounds of parallel calls stream', async () => {
  let [seen, run] = await streamed('two rounds', ...'abcd');
  assert.deepEqual(names(seen.events), [...BEGIN, ...CALLING]);
  [seen, run] = await submitted(run, 'first', 'second');
  assert.deepEqual(names(seen.events), [...GOES_ON, ...CALLING]);
  assert.deepEqual(
    callsOf(run).map(({ function: { name, arguments: made } }) => [name, made]),
    [
      ['c', '{"text": "é 🎉 \\n"}'],
      ['d', 'this is no JSON'],
      ['a', ''],
    ],
  );
  [seen, run] = await submitted(run, 'third', 'fourth', '');
  assert.deepEqual(names(seen.events), [...GOES_ON, ...SAID, 'thread.run.completed']);
  assert.deepEqual([seen.text, seen.calls.textDelta, await said(run, script)], [END, 5, [END]]);
  const steps = await stepsOf(run, script);
  assert.deepEqual(
    steps.slice(0, 2).map((step) => step.step_details.tool_calls.map((call) => call.function.output)),
    [
      ['first', 'second'],
      ['third', 'fourth', ''],
    ],
  );
});

test('a message comes before the calls', async () => {
  let [seen, run] = await streamed('say and call', 'a', 'b');
  assert.deepEqual(names(seen.events), [...BEGIN, ...SAID, ...CALLING]);
  assert.deepEqual([seen.text, seen.calls.toolCallDone], ['Let me look.', 2]);
  [seen, run] = await submitted(run, 'looked', 'seen');
  assert.deepEqual(
    [run.status, seen.text, await said(run, script)],
    ['completed', 'Found.', ['Let me look.', 'Found.']],
  );
});

test('a refusal streams', async () => {
  const [seen, run] = await streamed('refuse');
  assert.deepEqual([run.status, seen.calls.textDelta], ['completed', undefined]);
  const pieces = seen.events.filter(({ event }) => event === 'thread.message.delta');
  assert.equal(pieces.map(({ data }) => data.delta.content[0].refusal).join(''), 'I would rather not.');
  const [message] = await seen.stream.finalMessages();
  assert.equal(message.content[0].refusal, 'I would rather not.');
});

test('a failure of the model ends the stream', async () => {
  const [seen, run] = await streamed('overload');
  assert.deepEqual(run.last_error, { code: 'rate_limit_exceeded', message: 'Too many questions at once.' });
  assert.deepEqual(names(seen.events), [...BEGIN, 'thread.run.failed']);
});

test('an answer breaks off', async () => {
  const [seen, run] = await streamed('too long');
  assert.deepEqual([run.incomplete_details.reason, await said(run, script)], ['max_prompt_tokens', [seen.text]]);
  assert.deepEqual(names(seen.events), [...BEGIN, ...SAYING, ...BROKEN_OFF]);
});
