import { join } from 'node:path';

// This file is compiled to build/bench/bench/runner.
export const root = join(__dirname, '..', '..', '..', '..');
export const clientScript = join(root, 'build', 'bench', 'bench', 'client', 'main.js');

/** A program built by bench/CMakeLists.txt. */
export function program(name: string): string {
  return join(root, 'build', 'bench-c', name);
}
