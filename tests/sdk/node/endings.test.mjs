// How runs end, and their steps and messages with them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { BEGIN, counted, ENDLESS, names, prepared, SAYING, said } from './streams.mjs';
import { bad, clientOf, messages, polled, runs, started, stepsOf, STRICT_URL } from './support.mjs';

test('a run fails', async () => {
  const run = await polled(await started('fail no tea left'));
  assert.deepEqual([run.status, run.last_error], ['failed', { code: 'server_error', message: 'no tea left' }]);
  assert.ok(run.failed_at >= run.created_at);
});

test('a run breaks off', async () => {
  const run = await polled(await started('half an answer\nincomplete'));
  assert.deepEqual([run.status, run.incomplete_details], ['incomplete', { reason: 'max_completion_tokens' }]);
  const [said] = (await messages.list(run.thread_id, { run_id: run.id })).data;
  assert.deepEqual([said.status, said.incomplete_details], ['incomplete', { reason: 'max_tokens' }]);
});

test('a run is cancelled while it waits, and once only', async () => {
  const run = await polled(await started('call a', ['a']));
  await runs.cancel(run.id, { thread_id: run.thread_id });
  const ended = await polled(run);
  assert.deepEqual([ended.status, ended.required_action], ['cancelled', null]);
  assert.deepEqual(
    (await stepsOf(run)).map((step) => step.status),
    ['cancelled'],
  );
  const cancel = () => runs.cancel(run.id, { thread_id: run.thread_id });
  await bad(cancel, "Cannot cancel run with status 'cancelled'.");
});

test('a run expires', async () => {
  const strict = clientOf({ baseURL: STRICT_URL });
  let run = await started('call a', ['a'], {}, strict);
  const seen = new Set();
  while (run.status !== 'expired') {
    assert.match(run.status, /^(queued|in_progress|requires_action)$/);
    seen.add(run.status);
    await setTimeout(50);
    run = await strict.beta.threads.runs.retrieve(run.id, { thread_id: run.thread_id });
  }
  // A slow machine may not have come to the call.
  if (seen.has('requires_action')) {
    assert.deepEqual(
      (await stepsOf(run, strict)).map((step) => step.status),
      ['expired'],
    );
  }
  const late = () => strict.beta.threads.runs.submitToolOutputs(run.id, { thread_id: run.thread_id, tool_outputs: [] });
  await bad(late, 'Runs in status "expired" do not accept tool outputs.');
});

test('a run expires in its stream', async () => {
  const strict = clientOf({ baseURL: STRICT_URL });
  const seen = counted(strict.beta.threads.runs.stream(...(await prepared(ENDLESS, [], strict))));
  const run = await seen.stream.finalRun();
  const end = ['thread.message.incomplete', 'thread.run.step.expired', 'thread.run.expired'];
  assert.deepEqual(names(seen.events), [...BEGIN, ...SAYING, ...end]);
  assert.deepEqual([run.status, await said(run, strict)], ['expired', [seen.text]]);
});
