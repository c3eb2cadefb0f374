// beta.assistants.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assistants, files, functionOf, ids, OpenAI, walked } from './support.mjs';

test('an assistant is created with everything', async () => {
  const file = await files.create({ file: await OpenAI.toFile(Buffer.from('a'), 'a.txt'), purpose: 'assistants' });
  const made = await assistants.create({
    model: 'echo',
    name: 'Ada',
    description: 'An assistant',
    instructions: 'Be brief.',
    reasoning_effort: 'low',
    tools: [
      { type: 'code_interpreter' },
      { type: 'file_search', file_search: { max_num_results: 5 } },
      functionOf('a'),
    ],
    tool_resources: {
      code_interpreter: { file_ids: [file.id] },
      file_search: { vector_stores: [{ file_ids: [file.id] }] },
    },
    metadata: { team: 'blue' },
    temperature: 0.5,
    top_p: 0.9,
    response_format: { type: 'json_object' },
  });
  const { id, created_at, tool_resources, ...rest } = made;
  assert.match(id, /^asst_/);
  assert.ok(Number.isInteger(created_at));
  assert.deepEqual(tool_resources.code_interpreter, { file_ids: [file.id] });
  assert.equal(tool_resources.file_search.vector_store_ids.length, 1);
  assert.deepEqual(rest, {
    object: 'assistant',
    model: 'echo',
    name: 'Ada',
    description: 'An assistant',
    instructions: 'Be brief.',
    tools: [
      { type: 'code_interpreter' },
      { type: 'file_search', file_search: { max_num_results: 5 } },
      functionOf('a'),
    ],
    metadata: { team: 'blue' },
    temperature: 0.5,
    top_p: 0.9,
    response_format: { type: 'json_object' },
  });
  assert.deepEqual(await assistants.retrieve(id), made);
});

test('an assistant is changed, listed and deleted', async () => {
  const made = await assistants.create({ model: 'echo', name: 'Ada', metadata: { a: '1' } });
  const changed = await assistants.update(made.id, { name: null, instructions: 'Be long.' });
  assert.deepEqual(changed, { ...made, name: null, instructions: 'Be long.' });
  assert.deepEqual(await assistants.retrieve(made.id), changed);
  assert.ok(ids(await walked(assistants.list({ limit: 100 }))).includes(made.id));
  assert.deepEqual(await assistants.delete(made.id), { id: made.id, object: 'assistant.deleted', deleted: true });
  assert.ok(!ids(await walked(assistants.list({ limit: 100 }))).includes(made.id));
});
