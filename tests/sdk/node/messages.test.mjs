// beta.threads.messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, ids, messages, OpenAI, polled, started, threads, walked } from './support.mjs';

test('a message is created with parts and attachments', async () => {
  const thread = (await threads.create()).id;
  const image = await files.create({ file: await OpenAI.toFile(Buffer.from('png'), 'a.png'), purpose: 'vision' });
  const text = await files.create({ file: await OpenAI.toFile(Buffer.from('text'), 'a.txt'), purpose: 'assistants' });
  const attachments = [{ file_id: text.id, tools: [{ type: 'code_interpreter' }, { type: 'file_search' }] }];
  const made = await messages.create(thread, {
    role: 'user',
    content: [
      { type: 'text', text: 'look' },
      { type: 'image_file', image_file: { file_id: image.id, detail: 'high' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ],
    attachments,
    metadata: { a: '1' },
  });
  assert.deepEqual(made.content, [
    { type: 'text', text: { value: 'look', annotations: [] } },
    { type: 'image_file', image_file: { file_id: image.id, detail: 'high' } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'auto' } },
  ]);
  assert.deepEqual([made.attachments, made.metadata, made.thread_id], [attachments, { a: '1' }, thread]);
  assert.deepEqual([made.role, made.status, made.run_id], ['user', 'completed', null]);
  assert.deepEqual(await messages.retrieve(made.id, { thread_id: thread }), made);
});

test('a message is changed, listed and deleted', async () => {
  const thread = (await threads.create()).id;
  const made = [];
  for (const content of ['a', 'b', 'c']) made.push(await messages.create(thread, { role: 'user', content }));
  const [first, second, third] = ids(made);
  const changed = await messages.update(first, { thread_id: thread, metadata: { a: '1' } });
  assert.deepEqual(changed, { ...made[0], metadata: { a: '1' } });
  assert.deepEqual(ids(await walked(messages.list(thread))), [third, second, first]);
  const gone = await messages.delete(second, { thread_id: thread });
  assert.deepEqual(gone, { id: second, object: 'thread.message.deleted', deleted: true });
  assert.deepEqual(ids(await walked(messages.list(thread, { order: 'asc' }))), [first, third]);
});

test('the messages of a run are listed', async () => {
  const run = await polled(await started('hello'));
  const [said, ...more] = await walked(messages.list(run.thread_id, { run_id: run.id }));
  assert.deepEqual([said.run_id, said.assistant_id, said.role, more], [run.id, run.assistant_id, 'assistant', []]);
});
