// Deletes the threads whose IDs are in a file, with the Node SDK, 64 at a time.
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const client = new OpenAI();
const ids = readFileSync(process.argv[2], 'utf8').trim().split('\n').values();
const worker = async () => { for (const id of ids) await client.beta.threads.delete(id); };
await Promise.all(Array.from({ length: 64 }, worker));
