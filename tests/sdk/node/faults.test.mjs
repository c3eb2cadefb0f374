// A server that fails on demand: each class of error, what the SDK tries again, and streams that are cut.
//
// The faults stand in ../run; those that end after a number of times are each used up by one test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsOf, counted, FAULTS_URL, names, outputsOf, prepared, said } from './streams.mjs';
import { clientOf, ids, OpenAI, polled } from './support.mjs';

const faulty = clientOf({ baseURL: FAULTS_URL });
const again = clientOf({ baseURL: FAULTS_URL, maxRetries: 2 });

test('each class of error', async () => {
  const { assistants, threads } = faulty.beta;
  const [thread, { assistant_id }] = await prepared('', [], faulty);
  const cases = [
    [OpenAI.ConflictError, 409, 'conflict', 'Somebody else was faster.', () => assistants.update(assistant_id, {})],
    [OpenAI.UnprocessableEntityError, 422, 'unprocessable', 'This makes no sense.', () => threads.update(thread, {})],
    [OpenAI.RateLimitError, 429, 'rate_limit_exceeded', 'Slow down.', () => faulty.files.list()],
    [OpenAI.InternalServerError, 500, null, 'It broke.', () => assistants.list()],
  ];
  for (const [kind, status, code, message, call] of cases) {
    const error = await call().catch((error) => error);
    assert.ok(error instanceof kind, String(error));
    assert.deepEqual([error.status, error.code, error.error.message], [status, code, message]);
    assert.match(error.requestID, /^req_/);
  }
});

test('what gateways answer', async () => {
  const error = await faulty.files.retrieve('file-x').catch((error) => error);
  assert.ok(error instanceof OpenAI.InternalServerError, String(error));
  assert.equal(error.status, 503);
  assert.match(error.headers.get('content-type'), /^text\/html/);
});

test('no answer', async () => {
  const { files } = faulty;
  const cut = await files.content('file-x').catch((error) => error);
  assert.ok(
    cut instanceof OpenAI.APIConnectionError && !(cut instanceof OpenAI.APIConnectionTimeoutError),
    String(cut),
  );
  await assert.rejects(files.delete('file-x', { timeout: 200 }), OpenAI.APIConnectionTimeoutError);
});

test('what is tried again', async () => {
  const { assistants, threads } = again.beta;
  const [thread_id, { assistant_id }] = await prepared('call a', ['a'], faulty);
  const { id } = await faulty.beta.threads.messages.create(thread_id, { role: 'user', content: 'call a' });
  // Each of these fails at first: with 429, 409, 500 (twice), and with a cut connection.
  assert.equal((await assistants.retrieve(assistant_id)).id, assistant_id);
  assert.equal((await threads.retrieve(thread_id)).id, thread_id);
  assert.equal((await threads.messages.retrieve(id, { thread_id })).id, id);
  assert.deepEqual((await threads.runs.list(thread_id)).data, []);
  // 503, and 429 for what is submitted.
  const run = await threads.runs.stream(thread_id, { assistant_id }).finalRun();
  assert.equal(callsOf(run).length, 1);
  assert.equal((await threads.runs.submitToolOutputsStream(run.id, outputsOf(run)).finalRun()).status, 'completed');
  assert.deepEqual(ids((await threads.runs.list(thread_id)).data), [run.id]);
});

test('streams that are cut, and that stall', async () => {
  const [, { assistant_id }] = await prepared('', [], faulty);
  const thread = { messages: [{ role: 'user', content: 'word '.repeat(200) }] };
  const cut = counted(again.beta.threads.createAndRunStream({ assistant_id, thread }));
  await assert.rejects(cut.stream.done());
  const stalled = counted(again.beta.threads.createAndRunStream({ assistant_id, thread }));
  // Nothing more will come of it.
  await stalled.stream.emitted('event');
  while (names(stalled.events).length < 2) await stalled.stream.emitted('event');
  stalled.stream.abort();
  await assert.rejects(stalled.stream.done(), OpenAI.APIUserAbortError);
  assert.deepEqual([cut.calls.error, cut.calls.end, stalled.calls.abort, stalled.calls.end], [1, 1, 1, 1]);
  for (const seen of [cut, stalled]) {
    assert.deepEqual(names(seen.events).slice(0, 2), ['thread.created', 'thread.run.created']);
    const run = await polled(seen.stream.currentRun(), faulty);
    assert.deepEqual([run.status, (await said(run, faulty))[0].trim().split(' ').length], ['completed', 200]);
  }
});
