// No method of the SDK's resources is left out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known, made } from './calls.mjs';

// Streams are not offered yet.
const STREAMING = ['runs.createAndStream', 'runs.stream', 'runs.submitToolOutputsStream', 'threads.createAndRunStream'];

test('every method was called', () => {
  assert.deepEqual([...known].filter((name) => !made.has(name)).sort(), STREAMING);
});
