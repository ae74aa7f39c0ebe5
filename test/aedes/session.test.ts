import { sessions } from '../end-to-end/session';
import { sharedAedes } from '../support/aedes';

// Not QoS 2: of messages that it had kept, Aedes 1.2.0 sends one PUBREL twice and another never, when their PUBRECs
// come together.
sessions(sharedAedes(), 1);
