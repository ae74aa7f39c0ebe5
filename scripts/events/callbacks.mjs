// Generates lib/mosquitto/callback-table.ts: the types of the callbacks, and the methods that only call a callback.
import { callbackParametersOf, parametersOf } from './reader.mjs';
import { broken, generated } from './schema.mjs';

/** @typedef {import('./schema.mjs').EventRecord} EventRecord */

/** @param {EventRecord[]} records */
export function callbacks(records) {
  const all = records.filter(({ callback }) => callback);
  const plain = all.filter(({ answered, reader }) => !answered && !reader);
  /** @param {string} mosq */
  const methods = (mosq) =>
    all.flatMap((record) => {
      const parameters = [`mosq: ${mosq}`, 'obj: T', ...callbackParametersOf(record)];
      return broken(`  ${record.callback}(`, parameters, `): ${record.returns ?? 'void'};`);
    });
  const lines = [
    `// ${generated}`,
    '',
    "import type { CallbackName } from '../native/event-records';",
    "import type { MosquittoMessage } from '../native/message';",
    "import type { Properties } from '../native/properties';",
    '',
    '/**',
    ' * The callbacks, declared as methods. TypeScript compares the parameters of methods in both directions, so a function with',
    ' * a parameter of type `Mosquitto` accepts a `Mosquitto<State>` and a subclass of `Mosquitto`.',
    ' */',
    'export interface Callbacks<M, T> {',
    ...methods('M'),
    '}',
    '',
    '/** The callbacks of a client, as a subclass sees them: methods that it may define. See CallbackProperties for each. */',
    'export interface CallbackMethods<T> {',
    ...methods('this'),
    '}',
    '',
    '/**',
    ' * The same members as in CallbackMethods. TypeScript lets a subclass define a member both as a method and by get and set',
    ' * only when the member comes from two interfaces, and is a method in both.',
    ' */',
    'export interface CallbackMethodsAgain<T> {',
    ...methods('this'),
    '}',
    '',
    '/** The callbacks that are assigned. */',
    'export type CallbackTable<M, T> = { [N in CallbackName]: Callbacks<M, T>[N] | null };',
    '',
    'export function no_callbacks<M, T>(): CallbackTable<M, T> {',
    '  return {',
    ...all.map(({ callback }) => `    ${callback}: null,`),
    '  };',
    '}',
    '',
    '/** The methods of EventSink that do nothing but call a callback. EventSink itself has the others. */',
    'export abstract class CallbackCalls<M, T> {',
    '  callbacks: CallbackTable<M, T> = no_callbacks();',
    '  /** Read at the time of each call: user_data_set() works from inside a callback. */',
    '  obj: T;',
    '  protected readonly mosq: M;',
    '',
    '  constructor(mosq: M, obj: T) {',
    '    this.mosq = mosq;',
    '    this.obj = obj;',
    '  }',
    ...plain.flatMap((record) => {
      const fields = Object.keys(record.fields);
      const values = ['this.mosq', 'this.mosq', 'this.obj', ...(record.object ? [`{ ${fields.join(', ')} }`] : fields)];
      return [
        '',
        ...broken(`  ${record.name}(`, parametersOf(record), '): void {'),
        ...broken(`    this.callbacks.${record.callback}?.call(`, values, ');'),
        '  }',
      ];
    }),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
