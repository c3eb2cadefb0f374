// uploads in parts.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { bad, files, OpenAI, refused, uploads } from './support.mjs';

const begin = (bytes, options = {}) =>
  uploads.create({ bytes, filename: 'whole.bin', mime_type: 'text/plain', purpose: 'vision', ...options });
const part = async (upload, bytes) => uploads.parts.create(upload.id, { data: await OpenAI.toFile(bytes, 'part') });
const bytesOf = async (id) => Buffer.from(await (await files.content(id)).arrayBuffer());

test('parts make a file in the order of the request', async () => {
  const upload = await begin(11, { expires_after: { anchor: 'created_at', seconds: 7200 } });
  const { id, created_at, ...rest } = upload;
  assert.deepEqual(rest, {
    object: 'upload',
    bytes: 11,
    filename: 'whole.bin',
    purpose: 'vision',
    status: 'pending',
    expires_at: created_at + 3600,
    file: null,
  });
  const [world, hello] = [await part(upload, Buffer.from('world')), await part(upload, Buffer.from('hello '))];
  assert.deepEqual([world.object, world.upload_id], ['upload.part', id]);
  const md5 = createHash('md5').update('hello world').digest('hex');
  const done = await uploads.complete(id, { part_ids: [hello.id, world.id], md5 });
  assert.deepEqual([done.status, done.file.bytes], ['completed', 11]);
  assert.equal(done.file.expires_at, done.file.created_at + 7200);
  assert.deepEqual(await files.retrieve(done.file.id), done.file);
  assert.equal((await bytesOf(done.file.id)).toString(), 'hello world');
});

test('parts arrive in parallel and byte for byte', async () => {
  const pieces = Array.from({ length: 10 }, () => randomBytes(300_001));
  const upload = await begin(10 * 300_001);
  const parts = await Promise.all(pieces.map((piece) => part(upload, piece)));
  const done = await uploads.complete(upload.id, { part_ids: parts.map(({ id }) => id) });
  assert.ok((await bytesOf(done.file.id)).equals(Buffer.concat(pieces)));
});

test('what does not fit is refused, and a cancelled upload takes nothing', async () => {
  const upload = await begin(2);
  const { id } = await part(upload, Buffer.from('x'));
  const complete = () => uploads.complete(upload.id, { part_ids: [id] });
  const message = 'the parts have 1 bytes in total, but the upload was created with 2 bytes.';
  await bad(complete, `Invalid 'part_ids': ${message}`, { code: 'invalid_value', param: 'part_ids' });
  assert.deepEqual(await uploads.cancel(upload.id), { ...upload, status: 'cancelled' });
  const ended = { code: 'invalid_value', param: 'upload_id' };
  await bad(complete, "Cannot complete upload with status 'cancelled'.", ended);
  await bad(
    () => part(upload, Buffer.from('y')),
    "Cannot add a part to an upload with status 'cancelled'.",
    ended,
  );
  const unknown = () => uploads.cancel('upload_unknown');
  await refused(404, OpenAI.NotFoundError, unknown, "No upload found with id 'upload_unknown'.");
});
