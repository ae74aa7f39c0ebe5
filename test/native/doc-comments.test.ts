import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { scaled } from '../support/wait';

// Tests the doc comments that editors show: each public name must have one, which gives its defaults. A new method
// without them fails here.

const limit = { timeout: scaled(60_000) };
const root = dirname(require.resolve('libmosquitto/package.json'));
const index = join(root, 'lib', 'index.ts');
const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram([index], { ...options, noEmit: true });
const checker = program.getTypeChecker();

const textOf = (parts: ts.SymbolDisplayPart[]): string => ts.displayPartsToString(parts);
const isCallable = (node: ts.Node): node is ts.MethodDeclaration | ts.FunctionDeclaration =>
  ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node);

interface Name {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly text: string;
}

function named(name: string, symbol: ts.Symbol): Name {
  return { name, symbol, text: textOf(symbol.getDocumentationComment(checker)) };
}

function exported(): ts.Symbol[] {
  const source = program.getSourceFile(index);
  const module = source && checker.getSymbolAtLocation(source);
  assert.ok(module);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => !symbol.declarations?.some((node) => node.getSourceFile().fileName.endsWith('/constants.ts')));
}

/** Names that are reached by a dot: the members of a class or an interface, and of the objects in them. */
function membersOf(symbol: ts.Symbol, name: string, type = checker.getDeclaredTypeOfSymbol(symbol)): Name[] {
  return checker.getPropertiesOfType(type).flatMap((member) => {
    const [declaration] = member.declarations ?? [];
    const identifier = declaration && ts.getNameOfDeclaration(declaration);
    if (identifier !== undefined && ts.isPrivateIdentifier(identifier)) return [];
    if (declaration === undefined || !declaration.getSourceFile().fileName.startsWith(join(root, 'lib'))) return [];
    const own = named(`${name}.${member.name}`, member);
    const literal = declaration.getChildren().find((node) => ts.isTypeLiteralNode(node));
    return literal ? [own, ...membersOf(member, own.name, checker.getTypeAtLocation(literal))] : [own];
  });
}

const types = ts.SymbolFlags.Class | ts.SymbolFlags.Interface;
const names = exported().flatMap((symbol) => [
  named(symbol.name, symbol),
  ...(symbol.flags & types ? membersOf(symbol, symbol.name) : []),
]);

/** The comment's text about a parameter. */
function ofParameter({ symbol }: Name, parameter: string): string {
  const tags = symbol.getJsDocTags(checker).filter((tag) => tag.name === 'param');
  return tags.map((tag) => textOf(tag.text ?? [])).find((text) => text.startsWith(`${parameter} `)) ?? '';
}

/** The optional parameters with their defaults; '' for the default undefined. */
function defaultsOf({ symbol }: Name): [parameter: string, value: string][] {
  return (symbol.declarations ?? []).filter(isCallable).flatMap((node) =>
    node.parameters
      .filter(({ initializer, questionToken }) => initializer !== undefined || questionToken !== undefined)
      .map(({ name, initializer }): [string, string] => {
        const value = initializer?.getText() ?? '';
        return [name.getText(), value === '{}' ? '' : value];
      }),
  );
}

describe('the comments of the public names', () => {
  test('this test sees them', limit, () => {
    for (const name of ['Mosquitto', 'Mosquitto.connect', 'Mosquitto.on_connect', 'Mosquitto.tls_set', 'strerror']) {
      assert.ok(
        names.some((known) => known.name === name && known.text !== ''),
        name,
      );
    }
    const connect = names.find(({ name }) => name === 'Mosquitto.connect');
    assert.ok(connect);
    assert.deepEqual(defaultsOf(connect)[0], ['port', '1883']);
    assert.match(ofParameter(connect, 'port'), /1883/);
  });

  test('are there', limit, () => {
    assert.deepEqual(
      names.filter(({ text }) => text === '').map(({ name }) => name),
      [],
    );
  });

  test('give the default of each optional parameter', limit, () => {
    const silent = names.flatMap((known) =>
      defaultsOf(known)
        .filter(([parameter, value]) => {
          const text = ofParameter(known, parameter);
          return !/\bdefault\b/.test(text) || !text.includes(value);
        })
        .map(([parameter, value]) => `${known.name}: ${parameter} = ${value}`),
    );
    assert.deepEqual(silent, []);
  });

  test('give the default of each option, setting and callback', limit, () => {
    const isSetting = (name: string): boolean =>
      /^HelperOptions\.|^Mosquitto\.(on_|\w+_set$|int_option|string_option)/.test(name);
    const isSilent = ({ text, symbol }: Name): boolean =>
      !/\bdefault\b/.test([text, ...symbol.getJsDocTags(checker).map((tag) => textOf(tag.text ?? []))].join('\n'));
    assert.deepEqual(
      names.filter((known) => isSetting(known.name) && isSilent(known)).map(({ name }) => name),
      [],
    );
  });
});
