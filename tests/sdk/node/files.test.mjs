// files, bytes included.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bad, files, ids, OpenAI, refused, walked } from './support.mjs';

const bytesOf = async (id) => Buffer.from(await (await files.content(id)).arrayBuffer());

test('a file is created, listed and deleted', async () => {
  const made = await files.create({ file: new File(['hello'], 'notes ü.txt'), purpose: 'user_data' });
  const { id, created_at, ...rest } = made;
  assert.ok(Number.isInteger(created_at));
  assert.deepEqual(rest, {
    object: 'file',
    bytes: 5,
    filename: 'notes ü.txt',
    purpose: 'user_data',
    status: 'processed',
  });
  assert.deepEqual(await files.retrieve(id), made);
  assert.deepEqual(await files.waitForProcessing(id), made);
  assert.ok(ids(await walked(files.list({ purpose: 'user_data' }))).includes(id));
  assert.deepEqual(await files.delete(id), { id, object: 'file', deleted: true });
  await refused(404, OpenAI.NotFoundError, () => files.retrieve(id), `No such File object: ${id}`);
});

test('20 MB go up as a stream and come down byte for byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'asst-sdk-'));
  const path = join(folder, 'large.bin');
  const bytes = randomBytes(20 * 1024 * 1024);
  await writeFile(path, bytes);
  const made = await files.create({ file: createReadStream(path), purpose: 'vision' });
  await rm(folder, { recursive: true });
  assert.deepEqual([made.filename, made.bytes], ['large.bin', bytes.length]);
  assert.ok((await bytesOf(made.id)).equals(bytes));
  await files.delete(made.id);
});

test('a file expires when it is told to', async () => {
  const expires_after = { anchor: 'created_at', seconds: 3600 };
  const made = await files.create({ file: await OpenAI.toFile(Buffer.from(''), 'a'), purpose: 'batch', expires_after });
  assert.deepEqual([made.expires_at, made.bytes], [made.created_at + 3600, 0]);
  assert.equal((await bytesOf(made.id)).length, 0);
});

test('some content is kept back', async () => {
  for (const purpose of ['assistants', 'user_data']) {
    const made = await files.create({ file: await OpenAI.toFile(Buffer.from('a'), 'a'), purpose });
    await bad(() => files.content(made.id), `Not allowed to download files of purpose: ${purpose}`);
  }
});
