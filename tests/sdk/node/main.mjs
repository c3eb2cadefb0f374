// Runs every test of this folder, and then the test that no method of the SDK was left out.
import { readdirSync } from 'node:fs';

const tests = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.mjs'));
for (const name of [...tests, 'every_method.mjs']) {
  await import(`./${name}`);
}
