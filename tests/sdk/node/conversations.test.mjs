// conversations and their items.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bad, conversations, ids, OpenAI, refused, walked } from './support.mjs';

const { items } = conversations;
const user = (content) => ({ role: 'user', content });

test('a conversation is created, changed and deleted', async () => {
  const made = await conversations.create({ metadata: { team: 'hr' }, items: [user('hi')] });
  const { id, created_at, ...rest } = made;
  assert.ok(Number.isInteger(created_at) && id.startsWith('conv_'));
  assert.deepEqual(rest, { object: 'conversation', metadata: { team: 'hr' } });
  assert.deepEqual(await conversations.retrieve(id), made);
  assert.deepEqual(await conversations.update(id, { metadata: { a: 'b' } }), { ...made, metadata: { a: 'b' } });
  assert.deepEqual(await conversations.delete(id), { id, object: 'conversation.deleted', deleted: true });
  const message = `No conversation found with id '${id}'.`;
  await refused(404, OpenAI.NotFoundError, () => conversations.retrieve(id), message);
});

test('items come back as they were sent', async () => {
  const { id } = await conversations.create();
  const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };
  const output = { type: 'function_call_output', call_id: 'call_1', output: '1' };
  const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' };
  const added = await items.create(id, { items: [{ role: 'assistant', content: 'yes' }, call, output, thought] });
  const [message, ...others] = added.data;
  assert.deepEqual(message.content, [{ type: 'output_text', text: 'yes', annotations: [], logprobs: [] }]);
  assert.deepEqual([message.status, message.type], ['completed', 'message']);
  for (const [given, item] of [call, output].map((given, at) => [given, others[at]])) {
    assert.deepEqual(item, { ...given, id: item.id, status: 'completed' });
  }
  assert.equal(others[2].encrypted_content, undefined);
  const include = ['reasoning.encrypted_content'];
  assert.equal((await items.retrieve('rs_1', { conversation_id: id, include })).encrypted_content, 'x');
  assert.equal((await items.list(id, { include })).data[0].encrypted_content, 'x');
});

test('pages follow the order, and a deletion returns the conversation', async () => {
  const made = await conversations.create({ items: Array.from({ length: 20 }, (_, n) => user(`${n}`)) });
  await items.create(made.id, { items: [user('20'), user('21')] });
  const all = await walked(items.list(made.id, { order: 'asc', limit: 5 }));
  assert.deepEqual(
    all.map((item) => item.content[0].text),
    Array.from({ length: 22 }, (_, n) => `${n}`),
  );
  assert.deepEqual(ids((await items.list(made.id, { limit: 1 })).data), [all[21].id]);
  assert.deepEqual(await items.delete(all[0].id, { conversation_id: made.id }), made);
  const message = `No conversation item found with id '${all[0].id}'.`;
  const gone = () => items.retrieve(all[0].id, { conversation_id: made.id });
  await refused(404, OpenAI.NotFoundError, gone, message);
});

test('foreign items and lone outputs are refused', async () => {
  const [{ id }, other] = [await conversations.create(), await conversations.create({ items: [user('foreign')] })];
  const [foreign] = (await items.list(other.id)).data;
  const add = (item) => () => items.create(id, { items: [item] });
  const details = (member) => ({ code: 'invalid_value', param: `items[0].${member}` });
  await bad(
    add({ ...user('x'), id: foreign.id }),
    `Invalid 'items[0].id': '${foreign.id}' names an object outside of this conversation. Send the item without an ID.`,
    details('id'),
  );
  await bad(
    add({ type: 'item_reference', id: foreign.id }),
    `Item with id '${foreign.id}' not found in conversation '${id}'.`,
    details('id'),
  );
  await bad(
    add({ type: 'function_call_output', call_id: 'call_1', output: '1' }),
    'No tool call found for function call output with call_id call_1.',
    details('call_id'),
  );
  assert.deepEqual((await items.list(id)).data, []);
});
