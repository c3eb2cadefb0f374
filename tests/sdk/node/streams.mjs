// What the tests of streams share: streams that are counted, and the order of events.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assistantWith, client, functionOf, stepsOf } from './support.mjs';

export const { AssistantStream } = createRequire(process.env.ASST_SDK_NODE)('openai/lib/AssistantStream');
export const SCRIPT_URL = process.env.ASST_SDK_SCRIPT_URL;
export const FAULTS_URL = process.env.ASST_SDK_FAULTS_URL;

// Where the ids of what streams tell of are written, for whoever records this.
const MADE = process.env.ASST_SDK_MADE;

export const BEGIN = ['thread.run.created', 'thread.run.queued', 'thread.run.in_progress'];
const STEP = ['thread.run.step.created', 'thread.run.step.in_progress'];
export const SAYING = [...STEP, 'thread.message.created', 'thread.message.in_progress', 'thread.message.delta'];
export const SAID = [...SAYING, 'thread.message.completed', 'thread.run.step.completed'];
export const PLAIN = [...BEGIN, ...SAID, 'thread.run.completed'];
export const CALLING = [...STEP, 'thread.run.step.delta', 'thread.run.requires_action'];
export const GOES_ON = ['thread.run.step.completed', 'thread.run.queued', 'thread.run.in_progress'];
export const CANCELLED = ['thread.message.incomplete', 'thread.run.step.cancelled', 'thread.run.cancelled'];
export const BROKEN_OFF = ['thread.message.incomplete', 'thread.run.step.completed', 'thread.run.incomplete'];
// An answer of ten minutes: whoever gets a piece of it got it before the end.
export const ENDLESS = `pace 1s\n${'word '.repeat(600)}`;

const EVENTS = [
  'connect',
  'event',
  'runStepCreated',
  'runStepDelta',
  'runStepDone',
  'toolCallCreated',
  'toolCallDelta',
  'toolCallDone',
  'messageCreated',
  'messageDelta',
  'messageDone',
  'textCreated',
  'textDelta',
  'textDone',
  'imageFileDone',
  'error',
  'abort',
  'end',
];

// Listens to all that a stream emits.
export function counted(stream) {
  const seen = { stream, calls: {}, events: [], text: '', arguments: [], done: [] };
  for (const name of EVENTS) {
    stream.on(name, () => {
      seen.calls[name] = (seen.calls[name] ?? 0) + 1;
    });
  }
  stream.on('event', (event) => {
    seen.events.push(structuredClone(event));
    if (MADE && /^thread(.run)?.created$/.test(event.event)) appendFileSync(MADE, `${event.data.id}\n`);
  });
  stream.on('textDelta', (delta, snapshot) => {
    seen.text += delta.value;
    assert.ok(snapshot.value.endsWith(delta.value));
  });
  stream.on('toolCallCreated', () => seen.arguments.push(''));
  stream.on('toolCallDelta', (delta, snapshot) => {
    seen.arguments[delta.index] += delta.function.arguments;
    assert.equal(snapshot.function.arguments, seen.arguments[delta.index]);
  });
  for (const name of ['textDone', 'messageDone', 'runStepDone', 'toolCallDone']) {
    stream.on(name, (what) => seen.done.push([name, structuredClone(what)]));
  }
  return seen;
}

// Returns the names of events; deltas that follow each other count as one.
export function names(events) {
  const told = [];
  for (const { event } of events) {
    if (event !== told.at(-1) || !event.endsWith('.delta')) told.push(event);
  }
  return told;
}

// Makes an assistant with functions and a thread with one message; returns what a run of them takes.
export async function prepared(text, functions = [], on = client) {
  const tools = functions.map(functionOf);
  const assistant =
    on === client ? await assistantWith(...functions) : await on.beta.assistants.create({ model: 'echo', tools });
  const thread = await on.beta.threads.create({ messages: [{ role: 'user', content: text }] });
  return [thread.id, { assistant_id: assistant.id }];
}

// Returns what a run waits for.
export function callsOf(run) {
  return run.required_action.submit_tool_outputs.tool_calls;
}

// Returns what submits an output for each call that a run waits for.
export function outputsOf(run, ...texts) {
  const output = (call, index) => texts[index] ?? `of ${call.function.name}`;
  const tool_outputs = callsOf(run).map((call, index) => ({ tool_call_id: call.id, output: output(call, index) }));
  return { thread_id: run.thread_id, tool_outputs };
}

// Returns the texts that a run left on its thread, oldest first.
export async function said(run, on = client) {
  const listed = await on.beta.threads.messages.list(run.thread_id, { run_id: run.id, order: 'asc' });
  return listed.data.map((message) => message.content[0].text.value);
}

// Asserts that what a stream put together is what the server has.
export async function same(stream, on = client) {
  const run = await stream.finalRun();
  assert.deepEqual(run, await on.beta.threads.runs.retrieve(run.id, { thread_id: run.thread_id }));
  const steps = new Map((await stepsOf(run, on)).map((step) => [step.id, step]));
  for (const step of await stream.finalRunSteps()) {
    for (const call of step.step_details.tool_calls ?? []) delete call.index;
    assert.deepEqual(step, steps.get(step.id));
  }
  for (const message of await stream.finalMessages()) {
    const known = await on.beta.threads.messages.retrieve(message.id, { thread_id: run.thread_id });
    assert.deepEqual(
      message.content.map((part) => part.text?.value ?? part.refusal),
      known.content.map((part) => part.text?.value ?? part.refusal),
    );
  }
}
