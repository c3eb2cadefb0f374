// Every class of error that the server can cause, with its text, type, code and param.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assistants, bad, client, clientOf, files, OpenAI, refused, STRICT_URL, threads } from './support.mjs';

test('bodies and queries are held against the protocol', async () => {
  const create = (more) => () => assistants.create({ model: 'echo', ...more });
  await bad(create({ file_ids: [] }), "Unknown parameter: 'file_ids'.", {
    code: 'unknown_parameter',
    param: 'file_ids',
  });
  const words = "'code_interpreter', 'function', and 'file_search'";
  await bad(create({ tools: [{ type: 'retrieval' }] }), `Invalid value: 'retrieval'. Supported values are: ${words}.`, {
    code: 'invalid_value',
    param: 'tools[0].type',
  });
  await bad(create({ model: undefined }), "Missing required parameter: 'model'.", {
    code: 'missing_required_parameter',
    param: 'model',
  });
  await bad(
    () => assistants.list({ limit: 101 }),
    "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
    { code: 'integer_above_max_value', param: 'limit' },
  );
  await bad(() => files.list({ limit: 10_001 }), 'limit must be between 1 and 10000.', {
    code: 'integer_above_max_value',
    param: 'limit',
  });
  await bad(
    () => assistants.list({}, { headers: { 'OpenAI-Beta': null } }),
    "You must provide the 'OpenAI-Beta' header to access the Assistants API. Please try again by setting the header " +
      "'OpenAI-Beta: assistants=v2'.",
    { code: 'invalid_beta' },
  );
});

test('ids are held against their kind, and looked up', async () => {
  await bad(() => threads.retrieve('new'), "Invalid 'thread_id': 'new'. Expected an ID that begins with 'thread'.", {
    code: 'invalid_value',
    param: 'thread_id',
  });
  const missing = (call, message) => refused(404, OpenAI.NotFoundError, call, message);
  const { id } = await threads.create();
  await missing(() => assistants.retrieve('asst_x'), "No assistant found with id 'asst_x'.");
  await missing(() => threads.retrieve('thread_x'), "No thread found with id 'thread_x'.");
  await missing(() => threads.messages.retrieve('msg_x', { thread_id: id }), "No message found with id 'msg_x'.");
  await missing(() => threads.runs.retrieve('run_x', { thread_id: id }), "No run found with id 'run_x'.");
  await missing(() => files.content('file-x'), 'No such File object: file-x');
});

test('keys and pages of others are refused', async () => {
  const wrong = clientOf({ apiKey: 'sk-wrong-and-long-enough' });
  await refused(401, OpenAI.AuthenticationError, () => wrong.files.list(), 'Incorrect API key provided: sk***gh.', {
    code: 'invalid_api_key',
  });
  const strict = clientOf({ baseURL: STRICT_URL, defaultHeaders: { 'OpenAI-Beta': 'assistants=v2' } });
  await assert.rejects(strict.get('/threads'), { name: 'Error', status: 401, code: 'missing_scope' });
  await refused(
    403,
    OpenAI.PermissionDeniedError,
    () => files.list({}, { headers: { origin: 'https://example.com' } }),
    'Requests from web pages (with an Origin header) are not accepted.',
    { code: 'forbidden_origin' },
  );
});

test('routes and methods that do not exist are refused', async () => {
  await refused(404, OpenAI.NotFoundError, () => client.get('/nothing'), 'Invalid URL (GET /v1/nothing)');
  const put = () => client.put('/assistants', { headers: { 'OpenAI-Beta': 'assistants=v2' } });
  await refused(405, OpenAI.APIError, put, 'Not allowed to PUT on /v1/assistants.', { code: 'method_not_supported' });
});

test('a body that is too large or of another kind is refused', async () => {
  const large = () => assistants.create({ model: 'echo', instructions: 'a'.repeat(16 * 1024 * 1024) });
  await refused(
    413,
    OpenAI.APIError,
    large,
    'The body of your request is too large: at most 16777216 bytes are accepted.',
  );
});

test('what breaks inside is not told', async () => {
  const strict = clientOf({ baseURL: STRICT_URL });
  const { id } = await strict.files.create({ file: await OpenAI.toFile(Buffer.from('lost'), 'a'), purpose: 'vision' });
  await rm(join(process.env.ASST_SDK_STORE, 'files'), { recursive: true });
  const error = await strict.files.content(id).catch((error) => error);
  assert.ok(error instanceof OpenAI.InternalServerError, String(error));
  assert.deepEqual([error.status, error.message, error.type], [500, '500 internal error', 'server_error']);
});

test('answers say who gave them', async () => {
  const { data, response, request_id } = await assistants.create({ model: 'echo' }).withResponse();
  assert.equal(response.headers.get('openai-version'), '2020-10-01');
  assert.match(request_id, /^req_/);
  assert.equal(data._request_id, request_id);
  assert.ok(Number(response.headers.get('openai-processing-ms')) >= 0);
});
