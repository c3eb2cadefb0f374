// Notes which methods of the SDK's resources the tests call themselves.
import { AsyncLocalStorage } from 'node:async_hooks';

export const made = new Set();
export const known = new Set();
const inside = new AsyncLocalStorage();

// Lets every method of a resource note its name, unless another method of the SDK calls it.
export function watch(name, resource) {
  const prototype = Object.getPrototypeOf(resource);
  for (const method of Object.getOwnPropertyNames(prototype).filter((method) => method !== 'constructor')) {
    const called = `${name}.${method}`;
    const original = prototype[method];
    known.add(called);
    prototype[method] = function (...args) {
      if (!inside.getStore()) made.add(called);
      return inside.run(true, () => original.apply(this, args));
    };
  }
}
