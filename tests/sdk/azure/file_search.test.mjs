// Agents with a file search tool, in the dialect of Azure AI Foundry, with `@azure/ai-agents`.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';

// The package lies outside this folder, where `import` does not look.
const { AgentsClient, ToolUtility } = createRequire(process.env.ASST_SDK_AZURE_NODE)('@azure/ai-agents');

const PROJECT = process.env.ASST_SDK_PROJECT;
const HANDBOOK = '# Leave\n\nEverybody has 28 days of paid leave.\n';
const QUESTION = 'How many days of paid leave does everybody have?';
const FAST = { pollingOptions: { intervalInMs: 20 } };

// The SDK's own policy refuses to send a token without TLS, even to this machine.
const client = new AgentsClient(PROJECT, { getToken: async () => null }, { retryOptions: { maxRetries: 0 } });
client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
client.pipeline.addPolicy({
  name: 'key',
  sendRequest(request, next) {
    request.allowInsecureConnection = true;
    request.headers.set('authorization', `Bearer ${process.env.ASST_SDK_KEY}`);
    return next(request);
  },
});

let file, store, agent;

// Writes an ID for the test that looks for it in the ledger.
function made(id) {
  if (process.env.ASST_SDK_MADE) appendFileSync(process.env.ASST_SDK_MADE, `${id}\n`);
  return id;
}

async function walked(list) {
  const all = [];
  for await (const one of list) all.push(one);
  return all;
}

function upload(text, fileName) {
  return client.files.uploadAndPoll(Readable.from([Buffer.from(text)]), 'assistants', { fileName, ...FAST });
}

// Creates a thread with a question.
async function asked() {
  const thread = await client.threads.create();
  made(thread.id);
  await client.messages.create(thread.id, 'user', QUESTION);
  return thread;
}

// Returns the newest message of a thread, which must cite the handbook.
async function answered(thread) {
  const [message] = await walked(client.messages.list(thread.id, { order: 'desc', limit: 1 }));
  const [{ text }] = message.content;
  assert.equal(message.role, 'assistant');
  assert.match(text.value, /28 days of paid leave/);
  const [citation] = text.annotations;
  assert.equal(citation.fileCitation.fileId, file.id);
  assert.ok(text.value.includes(citation.text));
  return message;
}

before(async () => {
  file = await upload(HANDBOOK, 'handbook.md');
  store = await client.vectorStores.createAndPoll({ fileIds: [file.id], name: 'Handbook', ...FAST });
  const tool = ToolUtility.createFileSearchTool([store.id]);
  agent = await client.createAgent('echo', { name: 'HR', tools: [tool.definition], toolResources: tool.resources });
  [file, store, agent].forEach((object) => made(object.id));
});

test('a vector store is polled, read, changed, listed and deleted', async () => {
  assert.deepEqual([store.name, store.status, store.fileCounts.completed], ['Handbook', 'completed', 1]);
  assert.equal((await client.vectorStores.get(store.id)).id, store.id);
  const expiresAfter = { anchor: 'last_active_at', days: 1 };
  const other = await client.vectorStores.create({ name: 'Other', expiresAfter, metadata: { team: 'hr' } });
  made(other.id);
  assert.deepEqual([other.expiresAfter.days, other.metadata], [1, { team: 'hr' }]);
  assert.equal((await client.vectorStores.update(other.id, { name: 'Rules' })).name, 'Rules');
  const listed = (await walked(client.vectorStores.list({ limit: 2 }))).map((listed) => listed.id);
  assert.ok(listed.includes(store.id) && listed.includes(other.id));
  assert.equal((await client.vectorStores.delete(other.id)).deleted, true);
  await assert.rejects(client.vectorStores.get(other.id), { statusCode: 404 });
});

test('files are added one by one and in batches', async () => {
  const of = await client.vectorStores.create({});
  made(of.id);
  const added = await client.vectorStoreFiles.createAndPoll(of.id, { fileId: file.id, ...FAST });
  assert.deepEqual([added.id, added.status, added.lastError], [file.id, 'completed', null]);
  assert.deepEqual(await client.vectorStoreFiles.get(of.id, file.id), added);
  assert.deepEqual(await walked(client.vectorStoreFiles.list(of.id)), [added]);
  assert.equal((await client.vectorStoreFiles.delete(of.id, file.id)).deleted, true);

  const empty = await upload('', 'empty.txt');
  made(empty.id);
  const fileIds = [file.id, empty.id];
  const batch = await client.vectorStoreFileBatches.createAndPoll(of.id, { fileIds, ...FAST });
  const { completed, failed, total } = batch.fileCounts;
  assert.deepEqual([batch.status, completed, failed, total], ['completed', 1, 1, 2]);
  assert.equal((await client.vectorStoreFileBatches.get(of.id, batch.id)).id, batch.id);
  const [unreadable] = await walked(client.vectorStoreFileBatches.list(of.id, batch.id, { filter: 'failed' }));
  assert.deepEqual([unreadable.id, unreadable.lastError.code], [empty.id, 'invalid_file']);
  assert.equal((await client.vectorStoreFileBatches.cancel(of.id, batch.id)).status, 'completed');
});

test('a run answers from the vector store', async () => {
  const thread = await asked();
  const run = await client.runs.createAndPoll(thread.id, agent.id, FAST);
  made(run.id);
  assert.equal(run.status, 'completed', JSON.stringify(run.lastError));
  await answered(thread);
  // The SDK encodes the name of the parameter `include[]` twice, so no server finds it, and the passages are missing.
  const [step] = await walked(client.runSteps.list(thread.id, run.id, { order: 'asc' }));
  const [call] = step.stepDetails.toolCalls;
  assert.equal(call.type, 'file_search');
  const [result] = call.fileSearch.results;
  assert.deepEqual([result.fileId, result.fileName, result.content], [file.id, 'handbook.md', undefined]);
  assert.ok(result.score > 0);
});

test('a stream shows the search before the answer', async () => {
  const thread = await asked();
  const events = [];
  for await (const { event, data } of await client.runs.create(thread.id, agent.id).stream()) {
    events.push(event);
    if (event === 'thread.run.created') made(data.id);
  }
  assert.ok(events.indexOf('thread.run.step.completed') < events.indexOf('thread.message.completed'));
  assert.deepEqual(events.slice(-2), ['thread.run.completed', 'done']);
  await answered(thread);
});
