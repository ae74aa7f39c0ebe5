import { matrix } from './matrix';

// It would catch a message that a fault of the network loses, doubles or moves, and a connection that does not come back.
matrix('TCP');
