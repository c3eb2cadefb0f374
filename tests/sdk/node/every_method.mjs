// No method of the SDK's resources is left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, made } from './calls.mjs';

test('every method was called', () => {
  assert.deepEqual(
    [...known].filter((name) => !made.has(name)),
    [],
  );
});
