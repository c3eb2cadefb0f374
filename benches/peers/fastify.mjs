// A server on Fastify and better-sqlite3 that creates and returns threads, as durably as the embedded server.
import Database from 'better-sqlite3';
import Fastify from 'fastify';
import { randomBytes } from 'node:crypto';

const database = new Database(process.argv[2]);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('create table thread (id text primary key, doc text not null)');
const insert = database.prepare('insert into thread (id, doc) values (?, ?)');
const select = database.prepare('select doc from thread where id = ?').pluck();

const server = Fastify();
server.post('/v1/threads', (request, reply) => {
  const thread = {
    id: `thread_${randomBytes(12).toString('hex')}`,
    object: 'thread',
    created_at: Math.floor(Date.now() / 1000),
    metadata: request.body.metadata ?? {},
    tool_resources: {},
  };
  insert.run(thread.id, JSON.stringify(thread));
  reply.send(thread);
});
server.get('/v1/threads/:id', (request, reply) => {
  const doc = select.get(request.params.id);
  reply.code(doc ? 200 : 404).type('application/json').send(doc ?? '{}');
});
console.log(`listening on ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
