// Auto-paging: in both orders, with cursors in the middle, with pages of any size.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assistants, files, ids, messages, OpenAI, polled, runs, started, threads, walked } from './support.mjs';

const all = [];
let thread;

before(async () => {
  thread = (await threads.create()).id;
  // Quicker than the clock ticks: most have the same `created_at`.
  for (let n = 0; n < 23; n++) all.push((await messages.create(thread, { role: 'user', content: String(n) })).id);
});

const walk = async (query) => ids(await walked(messages.list(thread, query)));

test('a list is walked whole', async () => {
  for (const limit of [1, 2, 7, 22, 23, 24, 100]) {
    assert.deepEqual(await walk({ limit, order: 'asc' }), all);
    assert.deepEqual(await walk({ limit, order: 'desc' }), all.toReversed());
  }
  assert.deepEqual(await walk({}), all.toReversed());
});

test('a list is walked from and to cursors in its middle', async () => {
  for (const [order, list] of [
    ['asc', all],
    ['desc', all.toReversed()],
  ]) {
    for (const limit of [1, 4, 100]) {
      assert.deepEqual(await walk({ limit, order, after: list[9] }), list.slice(10));
      assert.deepEqual(await walk({ limit, order, before: list[9] }), list.slice(0, 9));
      assert.deepEqual(await walk({ limit, order, after: list[4], before: list[15] }), list.slice(5, 15));
    }
    assert.deepEqual(await walk({ order, after: list.at(-1) }), []);
  }
});

test('a list has pages', async () => {
  const sizes = [];
  for await (const page of (await messages.list(thread, { limit: 10 })).iterPages()) sizes.push(page.data.length);
  assert.deepEqual(sizes, [10, 10, 3]);
  const exact = await messages.list(thread, { limit: 23 });
  assert.deepEqual([exact.has_more, exact.hasNextPage()], [false, false]);
});

test('every other list is walked', async () => {
  const run = await polled(await started('hello'));
  for (let n = 0; n < 2; n++) {
    await runs.createAndPoll(run.thread_id, { assistant_id: run.assistant_id }, { pollIntervalMs: 20 });
  }
  const upload = async (n) => files.create({ file: await OpenAI.toFile(Buffer.from(''), `${n}`), purpose: 'evals' });
  for (let n = 0; n < 3; n++) await upload(n);
  const lists = [
    (query) => runs.list(run.thread_id, query),
    (query) => runs.steps.list(run.id, { thread_id: run.thread_id, ...query }),
    (query) => assistants.list(query),
    (query) => files.list({ purpose: 'evals', ...query }),
  ];
  for (const list of lists) {
    const up = ids(await walked(list({ order: 'asc', limit: 1 })));
    const down = ids(await walked(list({ order: 'desc', limit: 2 })));
    assert.ok(up.length > 0);
    assert.deepEqual(up, down.toReversed());
  }
});
