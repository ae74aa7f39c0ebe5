// Makes sbom.cdx.json, the package's bill of materials (CycloneDX). It has the npm packages, which npm lists, and the
// libraries that are linked into the binaries.
import { writeFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';
import { mustOutput } from '../lib/run.mjs';

/** @param {import('./linked-in.mjs').Component[]} linked */
export function writeSbom(linked) {
  // From the lock file, because a checkout's node_modules has more than the package's dependencies.
  const args = ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=library'];
  const bom = JSON.parse(mustOutput('npm', args));
  const { component } = bom.metadata;
  // npm uses the name of the folder as the name of the package.
  component.name = 'libmosquitto';
  const known = new Set(bom.components.map((/** @type {{ purl: string }} */ { purl }) => purl));
  const added = linked.filter(({ purl }) => !known.has(purl)).map(described);
  bom.components.push(...added);
  const root = bom.dependencies.find((/** @type {{ ref: string }} */ { ref }) => ref === component['bom-ref']);
  root.dependsOn.push(...added.map((part) => part['bom-ref']));
  bom.dependencies.push(...added.map((part) => ({ ref: part['bom-ref'], dependsOn: [] })));
  writeFileSync(inRoot('sbom.cdx.json'), `${JSON.stringify(bom, null, 2)}\n`);
}

/** @param {import('./linked-in.mjs').Component} component */
function described({ name, version, license, what, purl }) {
  return {
    'bom-ref': purl,
    type: 'library',
    name,
    version,
    scope: 'required',
    description: what,
    purl,
    licenses: [license.includes(' WITH ') ? { expression: license } : { license: { id: license } }],
    properties: [{ name: 'libmosquitto:linkage', value: 'static' }],
  };
}
