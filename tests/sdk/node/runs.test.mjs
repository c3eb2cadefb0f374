// beta.threads.runs and their steps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assistantWith,
  bad,
  functionOf,
  ids,
  messages,
  polled,
  runs,
  started,
  stepsOf,
  threads,
  walked,
} from './support.mjs';

const include = ['step_details.tool_calls[*].file_search.results[*].content'];

test('a run is created with everything', async () => {
  const thread = await threads.create({ messages: [{ role: 'user', content: 'one' }] });
  const run = await runs.create(thread.id, {
    assistant_id: (await assistantWith('a')).id,
    include,
    additional_instructions: 'And kind.',
    additional_messages: [{ role: 'user', content: 'two' }],
    tools: [functionOf('b')],
    metadata: { a: '1' },
    max_completion_tokens: 1000,
    tool_choice: { type: 'function', function: { name: 'b' } },
    response_format: { type: 'text' },
  });
  assert.deepEqual([run.thread_id, run.status, run.instructions], [thread.id, 'queued', 'Be brief.\nAnd kind.']);
  assert.deepEqual(run.tools, [functionOf('b')]);
  assert.deepEqual(run.tool_choice, { type: 'function', function: { name: 'b' } });
  const waiting = await polled(run);
  assert.equal(waiting.required_action.submit_tool_outputs.tool_calls[0].function.name, 'b');
});

test('a run is polled, changed and listed, with its steps', async () => {
  const run = await polled(await started('one two'));
  assert.deepEqual([run.status, run.expires_at, run.required_action, run.last_error], ['completed', null, null, null]);
  assert.equal(run.usage.total_tokens, run.usage.prompt_tokens + run.usage.completion_tokens);
  const [step] = await stepsOf(run);
  assert.deepEqual([step.type, step.status, step.run_id], ['message_creation', 'completed', run.id]);
  assert.deepEqual(await runs.steps.retrieve(step.id, { thread_id: run.thread_id, run_id: run.id, include }), step);
  const changed = await runs.update(run.id, { thread_id: run.thread_id, metadata: { a: '1' } });
  assert.deepEqual(await runs.retrieve(run.id, { thread_id: run.thread_id }), changed);
  const again = await runs.createAndPoll(run.thread_id, { assistant_id: run.assistant_id }, { pollIntervalMs: 20 });
  assert.deepEqual(ids(await walked(runs.list(run.thread_id))), [again.id, run.id]);
});

test("a run is polled at the server's own interval", async () => {
  const run = await started('sleep 300ms\nhello');
  const began = await runs.retrieve(run.id, { thread_id: run.thread_id }).withResponse();
  assert.equal(began.response.headers.get('openai-poll-after-ms'), '200');
  assert.equal((await runs.poll(run.id, { thread_id: run.thread_id })).status, 'completed');
});

test('a run locks its thread', async () => {
  const run = await started('stuck');
  const thread = run.thread_id;
  const add = () => messages.create(thread, { role: 'user', content: 'more' });
  await bad(add, `Can't add messages to ${thread} while a run ${run.id} is active.`);
  const again = () => runs.create(thread, { assistant_id: run.assistant_id });
  await bad(again, `Thread ${thread} already has an active run ${run.id}.`);
  const ending = await runs.cancel(run.id, { thread_id: thread });
  assert.match(ending.status, /^cancell(ing|ed)$/);
  assert.equal((await polled(run)).status, 'cancelled');
  await add();
  assert.equal((await polled(await again())).status, 'completed');
});
