// Forty threads at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assistantWith, messages, runs, threads, walked } from './support.mjs';

test('each of forty threads gets its own answer', async () => {
  const { id } = await assistantWith();
  const talk = async (number) => {
    const thread = await threads.create();
    await messages.create(thread.id, { role: 'user', content: `number ${number}` });
    const run = await runs.createAndPoll(thread.id, { assistant_id: id }, { pollIntervalMs: 50 });
    const said = await walked(messages.list(thread.id, { limit: 1, order: 'asc' }));
    await threads.delete(thread.id);
    return [run.status, ...said.map((one) => one.content[0].text.value)];
  };
  const ended = await Promise.all(Array.from({ length: 40 }, (_, number) => talk(number)));
  assert.deepEqual(ended, ended.map((_, number) => ['completed', `number ${number}`, `number ${number}`]));
});
