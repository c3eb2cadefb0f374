// vectorStores: stores, their files, batches, searches, and the helpers that upload and poll.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, OpenAI, stores, walked } from './support.mjs';

const HANDBOOK = '# Handbook\n\nAnnual leave is thirty days.\n\nTravel is booked by the office.\n';
const toFile = (text, name) => OpenAI.toFile(Buffer.from(text), name);
const file = async (text = HANDBOOK, name = 'handbook.md') =>
  (await files.create({ file: await toFile(text, name), purpose: 'assistants' })).id;

test('a store is created, changed, listed and deleted', async () => {
  const made = await stores.create({ name: 'Handbook', expires_after: { anchor: 'last_active_at', days: 7 } });
  assert.deepEqual([made.name, made.status, made.file_counts.total], ['Handbook', 'completed', 0]);
  assert.equal(made.expires_at, made.last_active_at + 7 * 86400);
  assert.deepEqual(await stores.retrieve(made.id), made);
  assert.equal((await stores.update(made.id, { name: 'Rules' })).name, 'Rules');
  const others = [(await stores.create({})).id, (await stores.create({})).id];
  const listed = (await walked(await stores.list({ limit: 2 }))).map(({ id }) => id);
  assert.deepEqual(listed.slice(0, 3), [others[1], others[0], made.id]);
  assert.deepEqual(await stores.delete(made.id), { id: made.id, object: 'vector_store.deleted', deleted: true });
  await assert.rejects(stores.retrieve(made.id), OpenAI.NotFoundError);
});

test('a file is indexed and found', async () => {
  const store = (await stores.create({})).id;
  const made = await stores.files.createAndPoll(store, { file_id: await file(), attributes: { year: 2024 } });
  assert.deepEqual([made.status, made.attributes], ['completed', { year: 2024 }]);
  const at = { vector_store_id: store };
  const filters = { type: 'gte', key: 'year', value: 2024 };
  const found = await walked(await stores.search(store, { query: 'How long is annual leave?', filters }));
  assert.deepEqual([found.length, found[0].file_id], [1, made.id]);
  assert.match(found[0].content[0].text, /thirty days/);
  const content = await walked(await stores.files.content(made.id, at));
  assert.equal(content.map(({ text }) => text).join(''), HANDBOOK);
  const changed = await stores.files.update(made.id, { ...at, attributes: { a: 'b' } });
  assert.deepEqual(await stores.files.retrieve(made.id, at), changed);
  assert.equal((await walked(await stores.files.list(store, { filter: 'completed' }))).length, 1);
  assert.equal((await stores.files.delete(made.id, at)).deleted, true);
  assert.deepEqual((await stores.search(store, { query: 'leave' })).data, []);
});

test('helpers upload and poll', async () => {
  const store = (await stores.create({})).id;
  const created = await stores.files.create(store, { file_id: await file() });
  assert.equal((await stores.files.poll(store, created.id)).status, 'completed');
  const sent = await stores.files.upload(store, await toFile('first', 'a.txt'));
  assert.equal(sent.vector_store_id, store);
  const failed = await stores.files.uploadAndPoll(store, await toFile('PK', 'c.zip'));
  assert.deepEqual([failed.status, failed.last_error.code], ['failed', 'unsupported_file']);
});

test('batches', async () => {
  const store = (await stores.create({})).id;
  const [good, bad] = [await file(), await file('', 'empty.txt')];
  const batch = await stores.fileBatches.createAndPoll(store, { file_ids: [good, bad] });
  assert.deepEqual([batch.file_counts.completed, batch.file_counts.failed], [1, 1]);
  const at = { vector_store_id: store };
  assert.deepEqual(await stores.fileBatches.retrieve(batch.id, at), batch);
  const failed = await walked(await stores.fileBatches.listFiles(batch.id, { ...at, filter: 'failed' }));
  assert.deepEqual(failed.map(({ id }) => id), [bad]);
  const own = await stores.fileBatches.create(store, { files: [{ file_id: good, attributes: { n: 1 } }] });
  assert.equal((await stores.fileBatches.poll(store, own.id)).status, 'completed');
  const texts = await Promise.all([1, 2, 3].map((n) => toFile(`text ${n}`, `${n}.txt`)));
  const uploaded = await stores.fileBatches.uploadAndPoll(store, { files: texts });
  assert.equal(uploaded.file_counts.completed, 3);
  assert.equal((await stores.fileBatches.cancel(uploaded.id, at)).status, 'completed');
});
