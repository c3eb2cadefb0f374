// A program as anybody writes it: nothing in it knows of `asst`. It leaves a thread, and prints it.

import { createRequire } from 'node:module';

const { default: OpenAI, toFile } = createRequire(process.env.ASST_SDK_NODE)('openai');

const client = new OpenAI();
const assistant = await client.beta.assistants.create({ model: 'echo', name: 'Recorded' });
const thread = await client.beta.threads.create({ messages: [{ role: 'user', content: 'Hello' }] });
await client.beta.threads.messages.create(thread.id, { role: 'user', content: 'Hello again' });
const run = await client.beta.threads.runs.createAndPoll(
  thread.id,
  { assistant_id: assistant.id },
  { pollIntervalMs: 20 },
);
if (run.status !== 'completed') throw new Error(JSON.stringify(run));
const bytes = Buffer.alloc(600_000, 'x');
const file = await client.files.create({ file: await toFile(bytes, 'notes.txt'), purpose: 'vision' });
const content = Buffer.from(await (await client.files.content(file.id)).arrayBuffer());
if (!content.equals(bytes)) throw new Error('the file came back changed');
await client.files.delete(file.id);
const { id } = await client.uploads.create({
  bytes: bytes.length,
  filename: 'large.txt',
  mime_type: 'text/plain',
  purpose: 'vision',
});
const part = await client.uploads.parts.create(id, { data: await toFile(bytes, 'part') });
await client.uploads.complete(id, { part_ids: [part.id] });
await client.conversations.create({ items: [{ role: 'user', content: 'Hello' }] });
await client.beta.assistants.delete(assistant.id);
console.log(thread.id);
