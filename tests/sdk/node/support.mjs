// What the tests share: clients, and objects to begin with.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { watch } from './calls.mjs';

// The package lies outside this folder, where `import` does not look.
export const OpenAI = createRequire(process.env.ASST_SDK_NODE)('openai');
export const URL = process.env.ASST_SDK_URL;
export const STRICT_URL = process.env.ASST_SDK_STRICT_URL;
export const KEY = process.env.ASST_SDK_KEY;

// A client that tries nothing twice.
export function clientOf(options = {}) {
  return new OpenAI({ baseURL: URL, apiKey: KEY, maxRetries: 0, ...options });
}

export const client = clientOf();
export const { assistants, threads } = client.beta;
export const { files, uploads, conversations } = client;
export const { messages, runs } = threads;

const resources = { assistants, threads, messages, runs, steps: runs.steps, files, uploads, conversations };
for (const [name, resource] of Object.entries({ ...resources, parts: uploads.parts, items: conversations.items })) {
  watch(name, resource);
}
const { vectorStores } = client;
for (const [name, resource] of Object.entries({ vectorStores, files: vectorStores.files })) {
  watch(`vector ${name}`, resource);
}
watch('fileBatches', vectorStores.fileBatches);

// A tool that the model may call.
export function functionOf(name) {
  return { type: 'function', function: { name, parameters: { type: 'object', properties: {} } } };
}

// Makes an assistant with functions.
export function assistantWith(...names) {
  return assistants.create({ model: 'echo', instructions: 'Be brief.', tools: names.map(functionOf) });
}

// Starts a run on a new thread with one message.
export async function started(text, names = [], options = {}, on = client) {
  const { id } = await on.beta.assistants.create({ model: 'echo', tools: names.map(functionOf) });
  return on.beta.threads.createAndRun({
    assistant_id: id,
    thread: { messages: [{ role: 'user', content: text }] },
    ...options,
  });
}

// Waits for a run.
export function polled(run, on = client) {
  return on.beta.threads.runs.poll(run.id, { thread_id: run.thread_id }, { pollIntervalMs: 20 });
}

// Returns the steps of a run, oldest first.
export async function stepsOf(run, on = client) {
  return (await on.beta.threads.runs.steps.list(run.id, { thread_id: run.thread_id, order: 'asc' })).data;
}

// Returns what a walk through all pages brings.
export async function walked(list) {
  const all = [];
  for await (const one of list) all.push(one);
  return all;
}

// Returns the ids of objects.
export function ids(objects) {
  return objects.map((object) => object.id);
}

// Asserts that a call is refused, with which class of error and what in it.
export async function refused(status, kind, call, message, { code = null, param = null } = {}) {
  const error = await call().then(
    () => assert.fail(`not refused: ${message}`),
    (error) => error,
  );
  assert.ok(error instanceof kind, String(error));
  assert.deepEqual(error.error, { message, type: 'invalid_request_error', param, code });
  assert.deepEqual([error.status, error.message], [status, `${status} ${message}`]);
  assert.deepEqual([error.type, error.code, error.param], ['invalid_request_error', code, param]);
  assert.match(error.requestID, /^req_/);
}

// Asserts that a call is refused with 400.
export function bad(call, message, details) {
  return refused(400, OpenAI.BadRequestError, call, message, details);
}
