// vector stores, their files and batches, and searches in runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assistants, bad, client, files, ids, messages, OpenAI, refused, runs, threads, walked } from './support.mjs';

const stores = client.vectorStores;
const LEAVE = '# Leave\n\nEverybody has 28 days of paid leave.\n';
const TRAVEL = '# Travel\n\nTrips are booked through the travel desk.\n';
const FAST = { pollIntervalMs: 20 };

test('a vector store is created, changed, listed and deleted', async () => {
  const expires_after = { anchor: 'last_active_at', days: 1 };
  const made = await stores.create({ name: 'Handbook', metadata: { team: 'hr' }, expires_after });
  assert.deepEqual([made.object, made.status, made.file_counts.total], ['vector_store', 'completed', 0]);
  assert.equal(made.expires_at, made.last_active_at + 86_400);
  assert.deepEqual(await stores.retrieve(made.id), made);
  assert.equal((await stores.update(made.id, { name: 'Rules' })).name, 'Rules');
  assert.ok(ids(await walked(stores.list({ limit: 100 }))).includes(made.id));
  assert.deepEqual(await stores.delete(made.id), { id: made.id, object: 'vector_store.deleted', deleted: true });
  const message = `No vector store found with id '${made.id}'.`;
  await refused(404, OpenAI.NotFoundError, () => stores.retrieve(made.id), message);
});

test('a file is indexed, found, changed and detached', async () => {
  const { id } = await stores.create({});
  const file = await stores.files.uploadAndPoll(id, new File([LEAVE], 'leave.md'), FAST);
  assert.deepEqual([file.status, file.last_error, file.object], ['completed', null, 'vector_store.file']);
  assert.deepEqual(await stores.files.retrieve(file.id, { vector_store_id: id }), file);
  assert.deepEqual(await walked(stores.files.list(id)), [file]);
  const [found] = await walked(stores.search(id, { query: 'days of leave' }));
  assert.deepEqual([found.file_id, found.filename], [file.id, 'leave.md']);
  const changed = await stores.files.update(file.id, { vector_store_id: id, attributes: { team: 'hr' } });
  assert.deepEqual(changed.attributes, { team: 'hr' });
  const filters = { type: 'ne', key: 'team', value: 'hr' };
  assert.deepEqual(await walked(stores.search(id, { query: 'leave', filters })), []);
  const parts = await walked(stores.files.content(file.id, { vector_store_id: id }));
  assert.match(parts.map((part) => part.text).join(''), /28 days of paid leave/);
  await stores.files.delete(file.id, { vector_store_id: id });
  assert.deepEqual(await walked(stores.search(id, { query: 'leave' })), []);
  assert.equal((await files.retrieve(file.id)).id, file.id);
});

test('every way to add files', async () => {
  const { id } = await stores.create({});
  const added = await stores.files.upload(id, new File([LEAVE], 'a.md'));
  assert.equal((await stores.files.poll(id, added.id, FAST)).status, 'completed');
  const other = await files.create({ file: new File([TRAVEL], 'b.md'), purpose: 'assistants' });
  assert.equal((await stores.files.createAndPoll(id, { file_id: other.id }, FAST)).status, 'completed');
  const third = await files.create({ file: new File([TRAVEL], 'c.md'), purpose: 'assistants' });
  await stores.files.create(id, { file_id: third.id });
  assert.equal((await stores.retrieve(id)).file_counts.total, 3);
});

test('batches', async () => {
  const { id } = await stores.create({});
  const upload = [new File([LEAVE], 'leave.md'), new File([TRAVEL], 'travel.md')];
  const batch = await stores.fileBatches.uploadAndPoll(id, { files: upload }, FAST);
  assert.deepEqual([batch.status, batch.file_counts.completed], ['completed', 2]);
  const of = { vector_store_id: id };
  assert.equal((await stores.fileBatches.retrieve(batch.id, of)).id, batch.id);
  const listed = await walked(stores.fileBatches.listFiles(batch.id, of));
  assert.equal(listed.length, 2);
  const again = await stores.create({});
  const made = await stores.fileBatches.createAndPoll(again.id, { file_ids: ids(listed) }, FAST);
  assert.equal(made.file_counts.total, 2);
  const begun = await stores.fileBatches.create(id, { file_ids: [listed[0].id] });
  assert.equal((await stores.fileBatches.poll(id, begun.id, FAST)).file_counts.total, 1);
  assert.ok(['completed', 'cancelled'].includes((await stores.fileBatches.cancel(begun.id, of)).status));
});

test('an empty query is refused', async () => {
  const { id } = await stores.create({});
  const message = "Invalid 'query': expected a text that is not empty.";
  await bad(() => stores.search(id, { query: '' }), message, { code: 'invalid_value', param: 'query' });
});

test('a run answers from an attached file and cites it', async () => {
  const file = await files.create({ file: new File([LEAVE], 'leave.md'), purpose: 'assistants' });
  const assistant = await assistants.create({ model: 'echo', tools: [{ type: 'file_search' }] });
  const attachments = [{ file_id: file.id, tools: [{ type: 'file_search' }] }];
  const thread = await threads.create({ messages: [{ role: 'user', content: 'How many days of leave?', attachments }] });
  const run = await runs.createAndPoll(thread.id, { assistant_id: assistant.id }, FAST);
  assert.equal(run.status, 'completed');
  const [message] = (await messages.list(thread.id, { limit: 1 })).data;
  const { value, annotations } = message.content[0].text;
  assert.equal(annotations[0].file_citation.file_id, file.id);
  assert.equal(value.slice(annotations[0].start_index, annotations[0].end_index), annotations[0].text);
  const include = ['step_details.tool_calls[*].file_search.results[*].content'];
  const [step] = (await runs.steps.list(run.id, { thread_id: thread.id, order: 'asc', include })).data;
  const [result] = step.step_details.tool_calls[0].file_search.results;
  assert.deepEqual([result.file_name, result.content[0].type], ['leave.md', 'text']);
  const streamed = await runs.stream(thread.id, { assistant_id: assistant.id }).finalMessages();
  assert.equal(streamed[0].content[0].text.annotations[0].file_citation.file_id, file.id);
});
