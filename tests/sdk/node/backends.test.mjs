// What the SDK meets elsewhere: Azure's dialect through its own client, and OpenAI since it switched the API off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, outputsOf } from './streams.mjs';
import { clientOf, functionOf, KEY, OpenAI, polled, URL, walked } from './support.mjs';

const azureOf = (apiVersion) =>
  new OpenAI.AzureOpenAI({ endpoint: URL.replace(/\/v1$/, ''), apiKey: KEY, apiVersion, maxRetries: 0 });

test("Azure's client does the main job", async () => {
  const azure = azureOf('2024-05-01-preview');
  const { assistants, threads } = azure.beta;
  const assistant = await assistants.create({ model: 'deployment', tools: [functionOf('a')] });
  assert.deepEqual(await assistants.retrieve(assistant.id), assistant);
  const thread = { messages: [{ role: 'user', content: 'call a\nhello' }] };
  const waiting = await polled(await threads.createAndRun({ assistant_id: assistant.id, thread }), azure);
  const { id: thread_id } = await threads.retrieve(waiting.thread_id);
  const tool_outputs = waiting.required_action.submit_tool_outputs.tool_calls.map((call) => ({
    tool_call_id: call.id,
    output: 'done',
  }));
  const run = await threads.runs.submitToolOutputsAndPoll(
    waiting.id,
    { thread_id, tool_outputs },
    { pollIntervalMs: 20 },
  );
  const said = await walked(threads.messages.list(thread_id, { limit: 1 }));
  assert.deepEqual(
    said.map((one) => one.content[0].text.value),
    ['hello\na: done', 'call a\nhello'],
  );
  assert.equal(run.status, 'completed');
});

test("Azure's client streams", async () => {
  const { assistants, threads } = azureOf('2024-05-01-preview').beta;
  const assistant = await assistants.create({ model: 'deployment', tools: [functionOf('a')] });
  const thread = { messages: [{ role: 'user', content: 'call a\nhello' }] };
  const run = await threads.createAndRunStream({ assistant_id: assistant.id, thread }).finalRun();
  const seen = counted(threads.runs.submitToolOutputsStream(run.id, outputsOf(run)));
  assert.deepEqual([(await seen.stream.finalRun()).status, seen.text], ['completed', 'hello\na: of a']);
});

test("Azure's versions without assistants are refused", async () => {
  await assert.rejects(
    azureOf('2022-12-01').beta.assistants.list(),
    (error) =>
      error instanceof OpenAI.BadRequestError && /'2022-12-01' does not support assistants/.test(error.message),
  );
});

test('OpenAI knows no assistants any more, but files', async () => {
  const after = clientOf({ baseURL: process.env.ASST_SDK_SUNSET_URL });
  await assert.rejects(after.beta.assistants.list(), OpenAI.NotFoundError);
  await assert.rejects(after.beta.threads.create(), OpenAI.NotFoundError);
  assert.deepEqual((await after.files.list()).data, []);
});
