// Many at once: forty threads side by side, and forty callers who want the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assistantWith, ids, messages, OpenAI, runs, threads, walked } from './support.mjs';

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
  assert.deepEqual(
    ended,
    ended.map((_, number) => ['completed', `number ${number}`, `number ${number}`]),
  );
});

test('one of forty callers gets the run', async () => {
  const { id } = await assistantWith();
  const thread = (await threads.create({ messages: [{ role: 'user', content: 'stuck' }] })).id;
  const calls = Array.from({ length: 40 }, () => runs.create(thread, { assistant_id: id }));
  const ended = await Promise.allSettled(calls);
  const [won, ...more] = ended.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  assert.deepEqual(more, []);
  for (const { reason } of ended.filter((one) => one.status === 'rejected')) {
    assert.ok(reason instanceof OpenAI.BadRequestError, String(reason));
    assert.equal(reason.error.message, `Thread ${thread} already has an active run ${won.id}.`);
  }
  assert.deepEqual(ids(await walked(runs.list(thread))), [won.id]);
  await runs.cancel(won.id, { thread_id: thread });
});
