// Writes native/client/argument_names.h: the names of the arguments of the addon's Client methods, as lib/native/binding.ts
// declares them. Errors about an argument name it.
//
//   node scripts/generate-argument-names.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { inRoot } from './lib/paths.mjs';

const source = inRoot('lib', 'native', 'binding.ts');
const target = inRoot('native', 'client', 'argument_names.h');

/** @param {ts.NodeArray<ts.ParameterDeclaration>} parameters */
const namesOf = (parameters) => parameters.map((parameter) => parameter.name.getText());

/** `kTlsSet` for `tls_set`. @param {string} method */
const constant = (method) => `k${method.replace(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase())}`;

const file = ts.createSourceFile(source, readFileSync(source, 'utf8'), ts.ScriptTarget.Latest, true);
const interfaces = file.statements.filter(ts.isInterfaceDeclaration);
const methods = interfaces
  .filter((declaration) => declaration.name.text === 'NativeClient')
  .flatMap((declaration) => declaration.members.filter(ts.isMethodSignature))
  .map((method) => ({ name: method.name.getText(), names: namesOf(method.parameters) }));
const constructors = interfaces
  .flatMap((declaration) => declaration.members.filter(ts.isPropertySignature))
  .flatMap((member) => (member.type && ts.isConstructorTypeNode(member.type) ? [member.type] : []))
  .map((type) => ({ name: 'constructed', names: namesOf(type.parameters) }));
if (methods.length === 0 || constructors.length !== 1)
  throw new Error(`${source} has no NativeClient, or no constructor of it`);

const lines = [
  '// Generated from lib/native/binding.ts by scripts/generate-argument-names.mjs: do not edit.',
  '#pragma once',
  '',
  'namespace libmosquitto::argument_names {',
  '',
  ...[...constructors, ...methods]
    .filter(({ names }) => names.length > 0)
    .map(
      ({ name, names }) =>
        `inline constexpr const char* ${constant(name)}[] = {${names.map((each) => `"${each}"`).join(', ')}};`,
    ),
  '',
  '}  // namespace libmosquitto::argument_names',
  '',
];
const text = lines.join('\n');

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error(
    'native/client/argument_names.h is not what lib/native/binding.ts says: run node scripts/generate-argument-names.mjs',
  );
  process.exitCode = 1;
}
