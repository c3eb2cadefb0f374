// Tool calls: several at once, one after the other, and outputs that do not fit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bad, messages, polled, runs, started, stepsOf } from './support.mjs';

const TWO = 'call a {"x": 1}\nhello\ncall b';

async function waiting(options = {}) {
  const run = await polled(await started(TWO, ['a', 'b'], options));
  assert.equal(run.status, 'requires_action');
  return [run, callsOf(run)];
}

function callsOf(run) {
  return run.required_action?.submit_tool_outputs.tool_calls ?? [];
}

function outputsOf(calls) {
  return calls.map((call) => ({ tool_call_id: call.id, output: `of ${call.function.name}` }));
}

test('two calls are made at once', async () => {
  const [run, calls] = await waiting();
  assert.deepEqual(
    calls.map(({ id, ...call }) => call),
    [
      { type: 'function', function: { name: 'a', arguments: '{"x": 1}' } },
      { type: 'function', function: { name: 'b', arguments: '{}' } },
    ],
  );
  const after = await runs.submitToolOutputs(run.id, { thread_id: run.thread_id, tool_outputs: outputsOf(calls) });
  assert.deepEqual([after.status, after.required_action], ['queued', null]);
  assert.equal((await polled(run)).status, 'completed');
  const [tools, said] = await stepsOf(run);
  assert.deepEqual(
    tools.step_details.tool_calls.map((call) => call.function.output),
    ['of a', 'of b'],
  );
  const message = await messages.retrieve(said.step_details.message_creation.message_id, { thread_id: run.thread_id });
  assert.equal(message.content[0].text.value, 'hello\na: of a\nb: of b');
});

test('two calls are made one after the other', async () => {
  let [run, calls] = await waiting({ parallel_tool_calls: false });
  for (const name of ['a', 'b']) {
    assert.deepEqual(
      calls.map((call) => call.function.name),
      [name],
    );
    const outputs = { thread_id: run.thread_id, tool_outputs: outputsOf(calls) };
    run = await runs.submitToolOutputsAndPoll(run.id, outputs, { pollIntervalMs: 20 });
    calls = callsOf(run);
  }
  assert.equal(run.status, 'completed');
});

test('outputs that do not fit are refused', async () => {
  const [run, calls] = await waiting();
  const [first, second] = calls.map((call) => call.id);
  const wanted = `Expected tool outputs for call_ids ['${first}', '${second}'], got `;
  for (const given of [[], [first], [first, 'call_x'], [first, second, 'call_x']]) {
    const tool_outputs = given.map((id) => ({ tool_call_id: id, output: '' }));
    const submit = () => runs.submitToolOutputs(run.id, { thread_id: run.thread_id, tool_outputs });
    await bad(submit, `${wanted}[${given.map((id) => `'${id}'`).join(', ')}]`);
  }
  await runs.submitToolOutputs(run.id, { thread_id: run.thread_id, tool_outputs: outputsOf(calls.reverse()) });
  assert.equal((await polled(run)).status, 'completed');
});
