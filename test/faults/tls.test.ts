import { matrix } from './matrix';

// As tcp.test.ts, over TLS.
matrix('TLS');
