import { matrix } from './matrix';

// Tests that no fault of the network loses, doubles or reorders a message, and that the client reconnects.
matrix('TCP');
