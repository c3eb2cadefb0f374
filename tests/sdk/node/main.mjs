// Runs every test of this folder, and then the test that no method of the SDK was left out; or the named files only.
import { readdirSync } from 'node:fs';

const tests = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.mjs'));
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : [...tests, 'every_method.mjs']) {
  await import(`./${name}`);
}
