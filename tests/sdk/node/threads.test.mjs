// beta.threads, with what starts a run together with one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assistantWith, messages, polled, threads, walked } from './support.mjs';

test('a thread is created with nothing', async () => {
  const made = await threads.create();
  assert.deepEqual([made.object, made.metadata, made.tool_resources], ['thread', {}, {}]);
  assert.deepEqual((await messages.list(made.id)).data, []);
  assert.deepEqual(await threads.retrieve(made.id), made);
});

test('a thread is created with messages, changed and deleted', async () => {
  const made = await threads.create({
    messages: [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: [{ type: 'text', text: 'two' }], metadata: { a: '1' } },
    ],
    metadata: { team: 'blue' },
  });
  const said = await walked(messages.list(made.id, { order: 'asc' }));
  assert.deepEqual(
    said.map((one) => [one.role, one.content[0].text.value]),
    [
      ['user', 'one'],
      ['assistant', 'two'],
    ],
  );
  assert.deepEqual((await threads.update(made.id, { metadata: { b: '2' } })).metadata, { b: '2' });
  assert.deepEqual((await threads.retrieve(made.id)).metadata, { b: '2' });
  assert.deepEqual(await threads.delete(made.id), { id: made.id, object: 'thread.deleted', deleted: true });
});

test('a thread is created and run', async () => {
  const { id } = await assistantWith('a');
  const run = await threads.createAndRun({
    assistant_id: id,
    thread: { messages: [{ role: 'user', content: 'hello' }] },
    instructions: 'Be long.',
    model: 'other',
    tools: [{ type: 'code_interpreter' }],
    metadata: { a: '1' },
    temperature: 0.2,
    max_prompt_tokens: 1000,
    truncation_strategy: { type: 'last_messages', last_messages: 3 },
    tool_choice: 'none',
    parallel_tool_calls: false,
    stream: false,
  });
  assert.deepEqual([run.status, run.instructions, run.model, run.tool_choice], ['queued', 'Be long.', 'other', 'none']);
  assert.deepEqual(run.truncation_strategy, { type: 'last_messages', last_messages: 3 });
  assert.equal((await polled(run)).status, 'completed');
});

test('a thread is created, run and polled', async () => {
  const thread = { messages: [{ role: 'user', content: 'hello' }] };
  const run = await threads.createAndRunPoll(
    { assistant_id: (await assistantWith()).id, thread },
    { pollIntervalMs: 20 },
  );
  assert.equal(run.status, 'completed');
  assert.equal((await messages.list(run.thread_id)).data[0].content[0].text.value, 'hello');
});
