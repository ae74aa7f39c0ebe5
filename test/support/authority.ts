// Makes certificates, and lists of revoked ones, with faults that a real CA would not make.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newKey, openssl, type Pair } from './certificates';

export interface Issue {
  /** Extensions, in the syntax of OpenSSL's configuration files. */
  extensions?: readonly string[];
  /** Days from now, and fractions of one; by default from an hour ago for two days. */
  from?: number;
  to?: number;
  digest?: string;
  subject?: string;
  /** Arguments of `openssl genpkey`. */
  key?: readonly string[];
}

export interface List {
  /** Days from now. */
  from?: number;
  to?: number;
}

/** A CA that signs any request. OpenSSL's shorter commands do not offer all of this, such as other times. */
export class Authority {
  readonly pair: Pair;
  readonly #dir: string;
  #made = 0;

  private constructor(dir: string, pair: Pair) {
    this.pair = pair;
    this.#dir = dir;
    mkdirSync(dir);
    writeFileSync(this.#path('index.txt'), '');
    const own = [`database=${this.#path('index.txt')}`, `new_certs_dir=${dir}`, 'rand_serial=yes', 'default_md=sha256'];
    const more = ['unique_subject=no', 'default_days=2', 'default_crl_days=2', 'policy=any'];
    const policy = ['[any]', 'commonName=optional'];
    writeFileSync(this.#path('ca.cnf'), ['[ca]', 'default_ca=own', '[own]', ...own, ...more, ...policy, ''].join('\n'));
  }

  /** Uses the key and certificate of an existing CA. */
  static of(dir: string, name: string, pair: Pair): Authority {
    return new Authority(join(dir, `authority-${name}`), pair);
  }

  /** Makes a key, and a certificate that this CA has signed. */
  issue(name: string, issue: Issue = {}): Pair {
    const { extensions = [], from = -1 / 24, to = 2, digest = 'sha256', subject = `/CN=${name}`, key } = issue;
    const file = (suffix: string): string => this.#path(`${name}.${suffix}`);
    const pair = { cert: file('crt'), key: newKey(this.#dir, name, key) };
    openssl(this.#dir, 'req', '-new', '-key', pair.key, '-subj', subject, '-out', file('csr'));
    writeFileSync(file('ext'), `${extensions.join('\n')}\n`);
    const times = ['-startdate', utc(from), '-enddate', utc(to)];
    const what = ['-batch', '-notext', '-md', digest, '-extfile', file('ext'), ...times];
    this.#ca('-in', file('csr'), '-out', pair.cert, ...what);
    return pair;
  }

  /** Makes an intermediate CA, and its certificate. */
  authority(name: string, issue: Issue = {}): Authority {
    const extensions = issue.extensions ?? ['basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign,cRLSign'];
    return Authority.of(this.#dir, name, this.issue(name, { ...issue, extensions }));
  }

  /** Makes a list of all certificates that this CA has revoked until now, and of `revoked`: a file in PEM. */
  list(revoked: readonly Pair[] = [], { from = -1 / 24, to = 2 }: List = {}): string {
    for (const { cert } of revoked) this.#ca('-revoke', cert, '-crl_reason', 'keyCompromise');
    this.#made += 1;
    const file = this.#path(`list-${this.#made}.pem`);
    this.#ca('-gencrl', '-crl_lastupdate', utc(from), '-crl_nextupdate', utc(to), '-out', file);
    return file;
  }

  #ca(...args: string[]): void {
    const signer = ['-config', this.#path('ca.cnf'), '-cert', this.pair.cert, '-keyfile', this.pair.key];
    openssl(this.#dir, 'ca', ...signer, ...args);
  }

  #path(name: string): string {
    return join(this.#dir, name);
  }
}

/** The time format of certificates. */
function utc(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
}
