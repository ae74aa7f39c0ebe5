// Groups the damaged packets of the corpus by the kind of damage, for damaged.test.ts.
import { fromClients, type Specimen, specimens, type Version } from '../support/corpus';
import {
  brokenOff,
  type Damaged,
  impossibleHeaders,
  misannounced,
  mutations,
  noise,
  resized,
  unknownTypes,
  wrongBytes,
  wrongFlags,
} from '../support/corpus-damage';
import {
  badTexts,
  propertiesCut,
  propertiesElsewhere,
  propertiesTwice,
  propertyLengths,
  propertyValues,
  unknownProperties,
} from '../support/corpus-properties';

/** Random cases are the same in every run: a failure can be repeated, and has a number. */
export const SEED = 20260524;

function* each(all: readonly Specimen[], damage: (specimen: Specimen) => Iterable<Damaged>): Generator<Damaged> {
  for (const specimen of all) yield* damage(specimen);
}

function* whole(all: readonly Specimen[], phases: readonly Specimen['phase'][]): Generator<Damaged> {
  for (const { name, bytes } of all) {
    for (const phase of phases) yield { name: `${name} in the ${phase}`, phase, bytes, followed: true };
  }
}

type Kinds = Readonly<Record<string, (version: Version) => Iterable<Damaged>>>;

const always: Kinds = {
  'broken off at every length': (version) => each(specimens(version), brokenOff),
  'of another size': (version) => each(specimens(version), resized),
  'announced as of another size': (version) => each(specimens(version), misannounced),
  'with wrong flags': (version) => each(specimens(version), wrongFlags),
  'with each byte changed': (version) => each(specimens(version), wrongBytes),
  'with impossible headers': () => impossibleHeaders(),
  'of unknown types': unknownTypes,
  'at the wrong time': (version) => whole(specimens(version), ['handshake', 'session']),
  'of clients': (version) => whole(fromClients(version), ['handshake', 'session']),
  noise: () => noise(SEED, 1000),
  'with faults of chance': (version) => mutations(version, SEED, 1500),
  'with texts that are none': badTexts,
};

const withProperties: Kinds = {
  'with properties twice': propertiesTwice,
  'with properties of other packets': propertiesElsewhere,
  'with unknown properties': unknownProperties,
  'with properties cut short': propertiesCut,
  'with properties of another length': propertyLengths,
  'with properties of forbidden values': propertyValues,
};

export function kindsOf(version: Version): Kinds {
  return version === 5 ? { ...always, ...withProperties } : always;
}

export function damagedOf(kind: string, version: Version): Iterable<Damaged> {
  const make = kindsOf(version)[kind];
  if (make === undefined) throw new Error(`no damage is called ${kind}`);
  return make(version);
}
