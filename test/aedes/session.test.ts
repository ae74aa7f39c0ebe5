import { sessions } from '../end-to-end/session';
import { sharedAedes } from '../support/aedes';

// Not QoS 2: for stored messages whose PUBREC packets arrive together, Aedes 1.2.0 sends one PUBREL twice and another
// never.
sessions(sharedAedes(), 1);
