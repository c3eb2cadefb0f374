// Streams of runs: every helper, every event of theirs, and the order of what is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AssistantStream,
  BEGIN,
  BROKEN_OFF,
  CALLING,
  CANCELLED,
  callsOf,
  counted,
  ENDLESS,
  GOES_ON,
  names,
  outputsOf,
  PLAIN,
  prepared,
  SAID,
  SAYING,
  said,
  same,
} from './streams.mjs';
import {
  assistantWith,
  bad,
  client,
  messages,
  OpenAI,
  polled,
  runs,
  started,
  stepsOf,
  threads,
  walked,
} from './support.mjs';

const TWO = 'call a {"x": 1}\nhello\ncall b';
const WORDS = 'one  two\n\nthrée 🎉';

test('a run streams', async () => {
  const [thread, options] = await prepared(WORDS);
  const events = await walked(await runs.create(thread, { ...options, stream: true }));
  assert.deepEqual(names(events), PLAIN);
  const [run, message] = [events.at(-1).data, events.at(-3).data];
  assert.deepEqual(
    events.slice(0, 4).map(({ data }) => data.status),
    ['queued', 'queued', 'in_progress', 'in_progress'],
  );
  assert.deepEqual([events[5].data.content, events[6].data.content], [[], []]);
  const pieces = events
    .filter(({ event }) => event === 'thread.message.delta')
    .map(({ data }) => data.delta.content[0]);
  assert.equal(pieces.map((piece) => piece.text.value).join(''), WORDS);
  assert.deepEqual(
    pieces.map((piece) => piece.text.annotations),
    [[], ...pieces.slice(1).map(() => undefined)],
  );
  assert.deepEqual(await messages.retrieve(message.id, { thread_id: thread }), message);
  assert.deepEqual(await runs.retrieve(run.id, { thread_id: thread }), run);
});

test('a thread is created and its run streams', async () => {
  const thread = { messages: [{ role: 'user', content: 'hello' }] };
  const { id } = await assistantWith();
  const events = await walked(await threads.createAndRun({ assistant_id: id, thread, stream: true }));
  assert.deepEqual(names(events), ['thread.created', ...PLAIN]);
  assert.deepEqual(await threads.retrieve(events[0].data.id), events[0].data);
  const seen = counted(threads.createAndRunStream({ assistant_id: id, thread }));
  await same(seen.stream);
  assert.deepEqual([names(seen.events), seen.text], [['thread.created', ...PLAIN], 'hello']);
});

test('an answer emits each of its events', async () => {
  const seen = counted(runs.stream(...(await prepared('one two three'))));
  const run = await seen.stream.finalRun();
  assert.deepEqual(names(seen.events), PLAIN);
  assert.deepEqual(seen.calls, {
    connect: 1,
    event: PLAIN.length + 2,
    runStepCreated: 1,
    runStepDone: 1,
    messageCreated: 1,
    messageDelta: 3,
    messageDone: 1,
    textCreated: 1,
    textDelta: 3,
    textDone: 1,
    end: 1,
  });
  const [[, text], [, message], [, step]] = seen.done;
  assert.deepEqual([seen.text, text.value, run.status], ['one two three', 'one two three', 'completed']);
  assert.deepEqual((await messages.list(run.thread_id, { run_id: run.id })).data, [message]);
  assert.deepEqual(await stepsOf(run), [step]);
  await same(seen.stream);
});

test('createAndStream is read piece by piece', async () => {
  const stream = runs.createAndStream(...(await prepared(WORDS)));
  const events = await walked(stream);
  assert.deepEqual(names(events), PLAIN);
  const texts = runs.stream(...(await prepared(WORDS)));
  let text = '';
  for await (const [delta] of texts.events('textDelta')) text += delta.value;
  assert.equal(text, WORDS);
});

test('a stream goes through a ReadableStream', async () => {
  const stream = runs.stream(...(await prepared('call a {"x": "é 🎉"}\nhello', ['a'])));
  const seen = counted(AssistantStream.fromReadableStream(stream.toReadableStream()));
  const run = await seen.stream.finalRun();
  assert.deepEqual(names(seen.events), [...BEGIN, ...CALLING]);
  assert.deepEqual([run.status, seen.arguments], ['requires_action', ['{"x": "é 🎉"}']]);
  await same(seen.stream);
});

test('calls emit each of their events, and so does what follows', async () => {
  const seen = counted(runs.stream(...(await prepared(TWO, ['a', 'b']))));
  const run = await seen.stream.finalRun();
  assert.deepEqual(names(seen.events), [...BEGIN, ...CALLING]);
  assert.deepEqual(seen.events[3].data.step_details.tool_calls, []);
  assert.deepEqual(seen.calls, {
    connect: 1,
    event: 11,
    runStepCreated: 1,
    runStepDelta: 5,
    toolCallCreated: 2,
    toolCallDelta: 3,
    toolCallDone: 2,
    end: 1,
  });
  assert.deepEqual(
    seen.arguments,
    callsOf(run).map((call) => call.function.arguments),
  );
  await same(seen.stream);
  const after = counted(runs.submitToolOutputsStream(run.id, outputsOf(run)));
  assert.equal((await after.stream.finalRun()).status, 'completed');
  assert.deepEqual(names(after.events), [...GOES_ON, ...SAID, 'thread.run.completed']);
  assert.deepEqual([after.calls.runStepCreated, after.calls.runStepDone, after.calls.toolCallDone], [1, 2, undefined]);
  const given = after.events[0].data.step_details.tool_calls.map((call) => call.function.output);
  assert.deepEqual(given, ['of a', 'of b']);
  assert.deepEqual(await said(run), [after.text]);
  await same(after.stream);
});

test('calls one after the other stream round by round', async () => {
  const [thread, options] = await prepared(TWO, ['a', 'b']);
  let events = await walked(await runs.create(thread, { ...options, parallel_tool_calls: false, stream: true }));
  const last = [...SAID, 'thread.run.completed'];
  for (const [name, then] of [
    ['a', CALLING],
    ['b', last],
  ]) {
    const run = events.at(-1).data;
    assert.deepEqual(
      callsOf(run).map((call) => call.function.name),
      [name],
    );
    events = await walked(await runs.submitToolOutputs(run.id, { ...outputsOf(run), stream: true }));
    assert.deepEqual(names(events), [...GOES_ON, ...then]);
  }
  assert.equal(events.at(-1).data.status, 'completed');
});

test('outputs that do not fit are refused before anything streams', async () => {
  const run = await polled(await started('call a', ['a']));
  const seen = counted(runs.submitToolOutputsStream(run.id, { thread_id: run.thread_id, tool_outputs: [] }));
  await assert.rejects(seen.stream.done(), OpenAI.BadRequestError);
  assert.deepEqual(seen.calls, { error: 1, end: 1 });
});

test('a run is cancelled in the middle of its stream', async () => {
  const seen = counted(runs.stream(...(await prepared(ENDLESS))));
  await seen.stream.emitted('textDelta');
  const { id, thread_id } = seen.stream.currentRun();
  assert.equal((await runs.retrieve(id, { thread_id })).status, 'in_progress');
  await runs.cancel(id, { thread_id });
  assert.equal((await seen.stream.finalRun()).status, 'cancelled');
  assert.deepEqual(names(seen.events), [...BEGIN, ...SAYING, 'thread.run.cancelling', ...CANCELLED]);
  assert.deepEqual([seen.calls.messageDone, seen.calls.runStepDone, seen.calls.end], [1, 1, 1]);
  assert.deepEqual(await said({ id, thread_id }), [seen.text]);
  await same(seen.stream);
});

test('a run fails in its stream', async () => {
  const seen = counted(runs.stream(...(await prepared('fail no tea left'))));
  const run = await seen.stream.finalRun();
  assert.deepEqual(run.last_error, { code: 'server_error', message: 'no tea left' });
  assert.deepEqual(names(seen.events), [...BEGIN, 'thread.run.failed']);
  assert.deepEqual(seen.calls, { connect: 1, event: 4, end: 1 });
});

test('a run breaks off in its stream', async () => {
  const seen = counted(runs.stream(...(await prepared('half an answer\nincomplete'))));
  const run = await seen.stream.finalRun();
  assert.deepEqual(run.incomplete_details, { reason: 'max_completion_tokens' });
  assert.deepEqual(names(seen.events), [...BEGIN, ...SAYING, ...BROKEN_OFF]);
  assert.deepEqual(await said(run), [seen.text]);
  await same(seen.stream);
});

test('a thread is locked while its run streams', async () => {
  const seen = counted(runs.stream(...(await prepared(ENDLESS))));
  await seen.stream.emitted('textDelta');
  const { id, thread_id, assistant_id } = seen.stream.currentRun();
  const add = () => messages.create(thread_id, { role: 'user', content: 'more' });
  await bad(add, `Can't add messages to ${thread_id} while a run ${id} is active.`);
  const again = () => runs.stream(thread_id, { assistant_id }).done();
  await bad(again, `Thread ${thread_id} already has an active run ${id}.`);
  await runs.cancel(id, { thread_id });
  await seen.stream.done();
  await add();
  assert.equal((await runs.stream(thread_id, { assistant_id }).finalRun()).status, 'completed');
});

test('a run outlives a caller who aborts', async () => {
  const seen = counted(runs.stream(...(await prepared(`pace 10ms\n${'word '.repeat(30)}`))));
  await seen.stream.emitted('textDelta');
  const run = seen.stream.currentRun();
  seen.stream.abort();
  await assert.rejects(seen.stream.done(), OpenAI.APIUserAbortError);
  assert.deepEqual([seen.calls.abort, seen.calls.end, seen.stream.aborted], [1, 1, true]);
  assert.equal((await polled(run)).status, 'completed');
  assert.deepEqual((await said(run))[0].trim().split(' '), Array(30).fill('word'));
});

test('a caller who breaks out of the loop leaves the run alone', async () => {
  const [thread, options] = await prepared(`pace 10ms\n${'word '.repeat(30)}`);
  let run;
  for await (const { event, data } of await runs.create(thread, { ...options, stream: true })) {
    run ??= data;
    if (event === 'thread.message.delta') break;
  }
  assert.equal((await polled(run)).status, 'completed');
});

test('a thread that is deleted ends the streams of its run', async () => {
  const seen = counted(runs.stream(...(await prepared(ENDLESS))));
  await seen.stream.emitted('textDelta');
  await threads.delete(seen.stream.currentRun().thread_id);
  await assert.rejects(seen.stream.done(), /Encountered an error event/);
  assert.deepEqual([seen.calls.error, seen.calls.end], [1, 1]);
  const error = seen.events.at(-1);
  assert.deepEqual([error.event, error.data.type], ['error', 'invalid_request_error']);
  assert.match(error.data.message, /^No run found/);
});

test('ten streams at once', async () => {
  const talk = async (number) => {
    const seen = counted(runs.stream(...(await prepared(`pace 5ms\nnumber ${number} ${'and so on '.repeat(number)}`))));
    const run = await seen.stream.finalRun();
    assert.deepEqual(names(seen.events), PLAIN);
    assert.ok(seen.text.startsWith(`number ${number} `));
    assert.deepEqual(await said(run), [seen.text]);
  };
  await Promise.all(Array.from({ length: 10 }, (_, number) => talk(number)));
});

test('a run is polled through its calls', async () => {
  const [thread, options] = await prepared('call a', ['a']);
  let run = await runs.createAndPoll(thread, options, { pollIntervalMs: 20 });
  assert.equal(run.status, 'requires_action');
  run = await runs.submitToolOutputsAndPoll(run.id, outputsOf(run), { pollIntervalMs: 20 });
  assert.deepEqual([run.status, await said(run)], ['completed', ['a: of a']]);
  assert.deepEqual(await client.beta.threads.runs.poll(run.id, { thread_id: thread }), run);
});
